const SHORTEST = 1_000
const LONGEST = 10 * 60_000

/** How long a `Retry-After` header asks us to wait, in ms between 1 s and 10 min; undefined if there is none that can be read. Seconds were seen, dates are allowed by HTTP. */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  const ms = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST, Math.max(SHORTEST, Math.round(ms)))
}
