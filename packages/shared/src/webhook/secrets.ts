import { randomBytes } from 'node:crypto'
import type { SigningSecret } from '../contract/webhook.ts'

/** Standard Webhooks 1.0.0: base64 of 24 to 64 bytes behind this. */
const prefix = 'whsec_'
const [leastBytes, mostBytes] = [24, 64]

/** So many keys of an endpoint sign at a time. */
const mostSecrets = 3

/** Why a text is no secret that signs, or undefined. It is not repeated. */
export function faultOfSecret(text: string): string | undefined {
  const bytes = text.startsWith(prefix) ? Buffer.from(text.slice(prefix.length), 'base64') : undefined
  const isWhole = bytes !== undefined && text === `${prefix}${bytes.toString('base64')}`
  return isWhole && bytes.length >= leastBytes && bytes.length <= mostBytes
    ? undefined
    : `must be ${prefix} and base64 of ${leastBytes} to ${mostBytes} bytes`
}

/** A secret that nobody guesses. */
export const newSecret = (): string => `${prefix}${randomBytes(32).toString('base64')}`

/** The bytes that a secret stands for. */
export const bytesOf = (secret: string): Buffer => Buffer.from(secret.slice(prefix.length), 'base64')

/** Those that sign at `now` (epoch ms), the newest first. */
export const liveSecrets = (secrets: readonly SigningSecret[], now: number): SigningSecret[] =>
  secrets.filter(({ until }) => until === undefined || until > now)

/** A new secret; those before it sign until `until` (epoch ms) at the latest. */
export function rotated(
  secrets: readonly SigningSecret[],
  secret: string,
  { until, now }: { until: number; now: number },
): SigningSecret[] {
  const older = liveSecrets(secrets, now)
    .filter((each) => each.secret !== secret)
    .map((each) => ({ ...each, until: Math.min(each.until ?? until, until) }))
  return [{ secret }, ...older.filter((each) => each.until > now)].slice(0, mostSecrets)
}
