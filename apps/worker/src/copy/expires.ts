/**
 * When a signed URL stops working, in epoch ms; undefined when it does not say. Knows OSS's own signature
 * (docs/dashscope.md §1.7), its fourth version, and S3's.
 */
export function expires(url: string): number | undefined {
  const query = URL.parse(url)?.searchParams
  if (!query) return undefined
  const seconds = wholeNumber(query.get('Expires'))
  if (seconds !== undefined) return seconds * 1000
  return lifetimeEnd(query, 'x-oss-') ?? lifetimeEnd(query, 'X-Amz-')
}

function lifetimeEnd(query: URLSearchParams, prefix: 'x-oss-' | 'X-Amz-'): number | undefined {
  const [date, lifetime] = prefix === 'x-oss-' ? ['date', 'expires'] : ['Date', 'Expires']
  const signedAt = basicTime(query.get(prefix + date))
  const seconds = wholeNumber(query.get(prefix + lifetime))
  return signedAt === undefined || seconds === undefined ? undefined : signedAt + seconds * 1000
}

/** `20261122T101500Z` */
function basicTime(text: string | null): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '')
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second] = parts
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? undefined : time
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : undefined
}
