const whole = new Intl.NumberFormat('en')
const places = new Map<string, Intl.DateTimeFormat>()

/** `51,204`. */
export const count = (n: number): string => whole.format(n)

/** `1 edit`, `51,204 edits`. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`

/** Micro-currency (1 CNY = 1,000,000) as `¥10,240` or `¥0.20`: cents only where there are some. */
export function money(micro: number, currency = 'CNY'): string {
  const whole = micro % 1_000_000 === 0
  const digits = whole ? 0 : micro % 10_000 === 0 ? 2 : 6
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: whole ? 0 : 2,
    maximumFractionDigits: digits,
  }).format(micro / 1_000_000)
}

/** `9 s`, `4 min`, `3 h 20 min`, `2 d 4 h`: how long something lasts. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  if (hours < 24) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `just now`, `4 min ago`: how long ago something was. Times are epoch ms or ISO texts. */
export function ago(at: number | string, now: number): string {
  const ms = now - (typeof at === 'string' ? Date.parse(at) : at)
  return ms < 5_000 ? 'just now' : `${duration(ms)} ago`
}

function formatOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options)
  const made = places.get(key) ?? new Intl.DateTimeFormat('en-GB', options)
  places.set(key, made)
  return made
}

/** `05:40` on the day of `now`, `tomorrow 05:40`, `Fri 27 Nov 05:40` else. `zone`: an IANA name, or empty. */
export function moment(at: number | string, now: number, zone = ''): string {
  const time = typeof at === 'string' ? Date.parse(at) : at
  const where = zone === '' ? {} : { timeZone: zone }
  const hours = formatOf({ hour: '2-digit', minute: '2-digit', ...where }).format(time)
  const day = formatOf({ year: 'numeric', month: '2-digit', day: '2-digit', ...where })
  if (day.format(time) === day.format(now)) return hours
  if (day.format(time) === day.format(now + 86_400_000)) return `tomorrow ${hours}`
  if (day.format(time) === day.format(now - 86_400_000)) return `yesterday ${hours}`
  return `${formatOf({ weekday: 'short', day: 'numeric', month: 'short', ...where })
    .format(time)
    .replace(',', '')} ${hours}`
}

/** `12:04:31`. `zone`: an IANA name, or empty. */
export const clock = (at: number, zone = ''): string =>
  formatOf({
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(zone === '' ? {} : { timeZone: zone }),
  }).format(at)

/** `50 %` of a part; never 100 % while something is missing, never 0 % once something is there. */
export function percent(part: number, all: number): string {
  if (all === 0) return '0 %'
  const exact = (part / all) * 100
  return `${Math.min(Math.max(Math.round(exact), part > 0 ? 1 : 0), part < all ? 99 : 100)} %`
}
