import { keyNameLength } from '@restyle/shared/contract/api-key'
import { text } from '@restyle/shared/contract/text'
import { z } from 'zod'
import { ProducerName } from '../http/api-keys.ts'
import { scopes } from '../http/scopes.ts'

const KeyId = z.string().regex(/^[A-Za-z0-9]{1,64}$/, {
  error: 'must be the id of a key: what stands between rk_ and the second _',
})
export const KeyPath = z.object({ id: KeyId })

const day = 24 * 3600

/** What a key is made from. */
export const NewKeyBody = z
  .strictObject({
    producer: ProducerName.describe('Whose key it is; a name that is new makes a producer'),
    name: text(keyNameLength).min(1).optional().describe('What people call it'),
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .refine((list) => new Set(list).size === list.length, { error: 'names a scope twice' })
      .optional()
      .describe('What it may do; all but `admin` if left out'),
    expiresInSeconds: z
      .int()
      .min(60)
      .max(10 * 366 * day)
      .optional()
      .describe('After how long it ends, and each of its successors; never if left out'),
  })
  .meta({
    id: 'NewKey',
    examples: [{ producer: 'catalog', name: 'shop backend', scopes: ['edits:write', 'edits:read'] }],
  })

/** How long the old key of a rotation lives beside its successor, in seconds. */
export const overlap = { usual: day, most: 30 * day, leastOfItself: 60 }

/** `least`: how long the old key must live on at least. */
export const rotation = (least: number) =>
  z.strictObject({
    overlapSeconds: z
      .int()
      .min(least)
      .max(overlap.most)
      .default(overlap.usual)
      .describe('How long the old key lives on; a day if left out'),
  })

export const aboutRotation =
  'The successor may do the same and lives as long; the answer is the one time that it is shown. A key has one successor: while nobody has used that, rotating again revokes it and makes another, as after a lost answer.'
