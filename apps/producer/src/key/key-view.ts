import { isLiveKey, type NumberedKey } from '@restyle/shared/contract/api-key'
import { z } from 'zod'
import { scopes, scopesOf } from '../http/scopes.ts'

const example = {
  id: '6f1c2a9e7b3d4f5a',
  producer: 'catalog',
  name: 'shop backend',
  scopes: ['edits:write' as const, 'edits:read' as const],
  state: 'live' as const,
  createdAt: '2026-03-02T21:00:00.000Z',
}

/** A key without its secret. */
export const KeyView = z
  .object({
    id: z.string().describe('The part of the key between rk_ and the second _; logs show it'),
    producer: z.string(),
    name: z.string().optional(),
    scopes: z.array(z.enum(scopes)),
    state: z.enum(['live', 'expired', 'revoked']),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso
      .datetime()
      .optional()
      .describe('When it ends, or has ended, by itself or for its rotation'),
    revokedAt: z.iso.datetime().optional(),
    lastUsedAt: z.iso.datetime().optional().describe('To about a minute; not kept when Redis is lost'),
    predecessor: z.string().optional().describe('The key that it came from by rotation'),
    successor: z.string().optional().describe('The key that came from it by rotation'),
  })
  .meta({ id: 'Key', examples: [{ ...example, lastUsedAt: '2026-03-04T08:15:00.000Z' }] })

/** A key as it is shown once. */
export const MadeKeyView = KeyView.extend({
  key: z.string().describe('What to send as `Authorization: Bearer …`; it cannot be shown again'),
}).meta({
  id: 'MadeKey',
  examples: [{ key: `rk_${example.id}_${'0'.repeat(64)}`, ...example }],
})

export function viewOfKey(
  key: NumberedKey,
  usedAt: number | undefined,
  now: number,
): z.infer<typeof KeyView> {
  const { id, producer, name, createdAt, expiresAt, revokedAt, predecessor, successor } = key
  const times = Object.entries({ expiresAt, revokedAt, lastUsedAt: usedAt }).flatMap(([what, at]) =>
    at === undefined ? [] : [[what, isoOf(at)]],
  )
  return {
    id,
    producer,
    ...(name === undefined ? {} : { name }),
    scopes: [...scopesOf(key.scopes)],
    state: revokedAt !== undefined ? 'revoked' : isLiveKey(key, now) ? 'live' : 'expired',
    createdAt: isoOf(createdAt),
    ...Object.fromEntries(times),
    ...(predecessor === undefined ? {} : { predecessor }),
    ...(successor === undefined ? {} : { successor }),
  }
}

const isoOf = (ms: number): string => new Date(ms).toISOString()
