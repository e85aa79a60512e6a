import { hash, randomUUID } from 'node:crypto'
import { checksumOf } from './checksums.ts'
import type { Digests } from './checksums.ts'
import { S3Error } from './s3-error.ts'

const smallestPart = 5 * 1024 * 1024

interface Part {
  body: Buffer
  /** MD5, hex. */
  etag: string
}

interface Upload {
  bucket: string
  key: string
  /** To be kept with the object. */
  headers: Record<string, string>
  /** Lower case, when one was agreed on. */
  algorithm: string | undefined
  parts: Map<number, Part>
}

/** An upload put together. */
export interface Assembled {
  body: Buffer
  etag: string
  headers: Record<string, string>
  checksums: Record<string, string>
}

/** Uploads that were begun and not completed. Kept in memory: a restart aborts them. */
export interface MultipartUploads {
  create: (upload: Omit<Upload, 'parts'>) => string
  addPart: (id: string, name: string, number: number, body: Buffer, digests: Digests) => void
  /** Throws NoSuchUpload, InvalidPartOrder, InvalidPart, EntityTooSmall. */
  assemble: (id: string, name: string, claimed: readonly { number: number; etag: string }[]) => Assembled
  /** Forgets an upload, completed or not. Throws NoSuchUpload. */
  end: (id: string, name: string) => void
}

/** `name` is always `bucket/key`: an id is good for its own object only. */
export function openUploads(): MultipartUploads {
  const uploads = new Map<string, Upload>()
  const find = (id: string, name: string): Upload => {
    const upload = uploads.get(id)
    if (upload === undefined || `${upload.bucket}/${upload.key}` !== name) throw new S3Error('NoSuchUpload')
    return upload
  }
  return {
    create(upload) {
      const id = randomUUID()
      uploads.set(id, { ...upload, parts: new Map() })
      return id
    },

    addPart(id, name, number, body, { md5 }) {
      const { parts } = find(id, name)
      if (!(Number.isInteger(number) && number >= 1 && number <= 10_000))
        throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive')
      parts.set(number, { body, etag: md5 })
    },

    assemble(id, name, claimed) {
      const { parts, headers, algorithm } = find(id, name)
      if (claimed.length === 0) throw new S3Error('MalformedXML')
      if (claimed.some(({ number }, index) => number <= (claimed[index - 1]?.number ?? 0)))
        throw new S3Error('InvalidPartOrder')
      const chosen = claimed.map(({ number, etag }) => {
        const part = parts.get(number)
        if (part === undefined || part.etag !== etag) throw new S3Error('InvalidPart')
        return part
      })
      if (chosen.slice(0, -1).some(({ body }) => body.length < smallestPart))
        throw new S3Error('EntityTooSmall')
      const md5s = Buffer.concat(chosen.map(({ etag }) => Buffer.from(etag, 'hex')))
      return {
        body: Buffer.concat(chosen.map(({ body }) => body)),
        etag: `${hash('md5', md5s)}-${chosen.length}`,
        headers,
        checksums: algorithm === undefined ? {} : compositeChecksum(algorithm, chosen),
      }
    },

    end(id, name) {
      find(id, name)
      uploads.delete(id)
    },
  }
}

/** The checksum of the parts' checksums, as S3 gives it for a multipart upload. */
function compositeChecksum(algorithm: string, parts: readonly Part[]): Record<string, string> {
  const each = Buffer.concat(parts.map(({ body }) => Buffer.from(checksumOf(algorithm, body), 'base64')))
  return {
    [`x-amz-checksum-${algorithm}`]: `${checksumOf(algorithm, each)}-${parts.length}`,
    'x-amz-checksum-type': 'COMPOSITE',
  }
}
