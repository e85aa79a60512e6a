import { z } from 'zod'

/** A key as the bucket and the ledger keep it: its hash, and nothing that opens anything. Times in epoch ms. */
export const KeyRecord = z.object({
  id: z.string(),
  /** SHA-256 of the secret, in hex. The secret is 256 random bits, so a slow hash would add nothing. */
  hash: z.string(),
  producer: z.string(),
  /** What a person calls it. */
  name: z.string().optional(),
  /** What it may do; undefined in one that an older version made. */
  scopes: z.array(z.string()).optional(),
  createdAt: z.number(),
  /** From then on it opens nothing. */
  expiresAt: z.number().optional(),
  /** How long it was made to live (ms); its successors live as long. */
  lifeMs: z.number().optional(),
  revokedAt: z.number().optional(),
  /** The key that came from it by rotation, and the one it came from. */
  successor: z.string().optional(),
  predecessor: z.string().optional(),
})
export type KeyRecord = z.infer<typeof KeyRecord>

/** Characters of the name of a key. */
export const keyNameLength = 100

/** The number of a version of it: a higher one counts more. 0: the bucket does not have it. */
export type NumberedKey = KeyRecord & { version: number }

/** Since when (epoch ms) a key opens nothing, or will; undefined while nothing ends it. */
export function endOfKey({
  expiresAt,
  revokedAt,
}: Pick<KeyRecord, 'expiresAt' | 'revokedAt'>): number | undefined {
  const ends = [expiresAt, revokedAt].filter((end) => end !== undefined)
  return ends.length === 0 ? undefined : Math.min(...ends)
}

export const isLiveKey = (key: Pick<KeyRecord, 'expiresAt' | 'revokedAt'>, now: number): boolean =>
  now < (endOfKey(key) ?? Infinity)

/** A key that has ended is listed for so long, and then forgotten by the ledger. */
export const keptKeyMs = 30 * 24 * 3600_000

/** Live keys of one producer. */
export const mostLiveKeys = 100
