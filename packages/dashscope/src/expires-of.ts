/** When a signed address expires, in epoch ms: OSS's `Expires` (unix seconds), or the date and lifetime of the newer OSS and the S3 signatures; undefined if it does not say. */
export function expiresOf(url: string): number | undefined {
  if (!URL.canParse(url)) return undefined
  const query = new Map([...new URL(url).searchParams].map(([name, value]) => [name.toLowerCase(), value]))
  const expires = query.get('expires')
  if (expires !== undefined && /^\d{9,11}$/.test(expires)) return Number(expires) * 1000
  for (const scheme of ['x-oss', 'x-amz']) {
    const signed = compactDate(query.get(`${scheme}-date`))
    const seconds = query.get(`${scheme}-expires`)
    if (signed !== undefined && seconds !== undefined && /^\d{1,9}$/.test(seconds))
      return signed + Number(seconds) * 1000
  }
  return undefined
}

/** `20260101T120000Z` to epoch ms. */
function compactDate(text: string | undefined): number | undefined {
  const iso = text?.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const ms = iso === undefined || iso === text ? Number.NaN : Date.parse(iso)
  return Number.isNaN(ms) ? undefined : ms
}
