import { z } from 'zod'

/** All that is known of a stored object besides its bytes. Schema of the sidecar files too. */
export const ObjectRecord = z.object({
  key: z.string(),
  /** Bytes. */
  size: z.number(),
  /** Without quotes: the MD5 in hex, or `<md5 of md5s>-<parts>` for a multipart upload. */
  etag: z.string(),
  /** Hex. */
  sha256: z.string(),
  /** Unix ms. */
  modifiedAt: z.number(),
  /** Given back with the object: content-type, cache-control, x-amz-meta-*, …. */
  headers: z.record(z.string(), z.string()),
  /** Given back when asked for: x-amz-checksum-*. */
  checksums: z.record(z.string(), z.string()),
  /** How often this key was written successfully. */
  versionsWritten: z.number(),
})
export type ObjectRecord = z.infer<typeof ObjectRecord>

/** Where records and bodies are kept: in memory or on disk. Called for one key at a time. */
export interface ObjectKeeper {
  /** What is there already, by bucket. */
  load: () => Promise<Map<string, ObjectRecord[]>>
  addBucket: (bucket: string) => Promise<void>
  write: (bucket: string, record: ObjectRecord, body: Buffer) => Promise<void>
  read: (bucket: string, key: string) => Promise<Buffer>
  remove: (bucket: string, key: string) => Promise<void>
}
