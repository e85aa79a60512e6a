/** When a signed address stops working. `over`: at `at` it had; `soon`: it will, within hours. Epoch milliseconds. */
export type AddressExpiry = { kind: 'over' | 'soon'; at: number }

/** An edit may wait for its turn: an address that ends within a day is worth a warning. */
const soonMs = 24 * 3_600_000

/** Signatures with a date and a life in seconds: AWS and those who took over its form (Google, OSS, TOS, OBS, MinIO). */
const dated = ['x-amz', 'x-goog', 'x-oss', 'x-tos', 'x-obs']

/** Parameters that hold the end itself; the second word is one that stands beside it in a signed address. */
const ends: readonly (readonly [end: string, beside: string])[] = [
  // AWS version 2, CloudFront, OSS version 1, Google version 2, OBS
  ['expires', 'signature'],
  // Azure
  ['se', 'sig'],
  // Qiniu
  ['e', 'token'],
]

/** Says of a signed address that it is over, or that it ends within a day. `now`: epoch ms. Undefined: neither, or not signed. */
export function expiryOf(address: string, now: number): AddressExpiry | undefined {
  const at = endOf(address)
  if (at === undefined || at > now + soonMs) return undefined
  return { kind: at <= now ? 'over' : 'soon', at }
}

/** When the signature of an address ends, in epoch ms; undefined where it says nothing that we can read. */
export function endOf(address: string): number | undefined {
  // most addresses are not signed, and parsing costs more than all the rest
  if (!address.includes('?')) return undefined
  const query = URL.parse(address)?.searchParams
  if (query === undefined) return undefined
  const values = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]))
  for (const prefix of dated) {
    const from = compactDate(values.get(`${prefix}-date`))
    const seconds = wholeNumber(values.get(`${prefix}-expires`))
    if (from !== undefined && seconds !== undefined) return from + seconds * 1_000
  }
  for (const [end, beside] of ends) {
    const text = values.get(end)
    if (text !== undefined && values.has(beside)) return moment(text)
  }
  // Tencent COS: begin;end
  const cos = values.get('q-sign-time')?.split(';')[1]
  return cos === undefined ? undefined : moment(cos)
}

/** `20261125T101500Z`. */
function compactDate(text: string | undefined): number | undefined {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/i.exec(text ?? '') ?? []
  return y === undefined ? undefined : known(Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`))
}

/** Seconds, milliseconds or an ISO date. */
function moment(text: string): number | undefined {
  const count = wholeNumber(text)
  if (count === undefined) return known(Date.parse(text))
  return count < 1e11 ? count * 1_000 : count
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

const known = (ms: number): number | undefined => (Number.isNaN(ms) ? undefined : ms)
