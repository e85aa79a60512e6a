import { hash, randomBytes } from 'node:crypto'

const base32 = '0123456789abcdefghjkmnpqrstvwxyz'

function encode(bytes: Uint8Array): string {
  let bits = 0n
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte)
  let text = ''
  for (let left = bytes.length * 8; left > 0; left -= 5) {
    text = (base32[Number(bits & 31n)] ?? '') + text
    bits >>= 5n
  }
  return text
}

/** An id that nobody guesses (128 random bits), such as `edit_2v…`. */
export const newId = (kind: 'edit' | 'batch' | 'key' | 'webhook' | 'operation'): string =>
  `${kind}_${encode(randomBytes(16))}`

/**
 * The same id for the same producer and Idempotency-Key, for ever: even a ledger that lost its memory gives a repeated
 * request its old id, and the receipts kept under it.
 */
export const idFromKey = (
  kind: 'edit' | 'batch' | 'webhook' | 'operation',
  producer: string,
  idempotencyKey: string,
): string => `${kind}_${encode(hash('sha256', `${producer}\0${idempotencyKey}`, 'buffer').subarray(0, 16))}`

/** A short stable digest of any JSON value, whatever the order of its fields. */
export const digestOf = (value: unknown): string => hash('sha256', canonical(value)).slice(0, 32)

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const fields = value as Readonly<Record<string, unknown>>
  let text = ''
  // of a million rows each: made without a list of parts
  for (const name of Object.keys(fields).toSorted()) {
    const each = fields[name]
    if (each !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonical(each)}`
  }
  return `{${text}}`
}
