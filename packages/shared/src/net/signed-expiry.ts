/** A date as signatures of version 4 write it: `20260302T210000Z`. */
const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/i

/**
 * When a signed address stops working (epoch ms), as its own query says; undefined where it says nothing. Knows the
 * signatures of S3 and what speaks like it, OSS, COS, OBS, TOS, GCS, Azure, CloudFront and Qiniu. An address is only
 * read: a server may end it earlier.
 */
export function expiryOf(address: string): number | undefined {
  const query = URL.parse(address)?.searchParams
  if (query === undefined) return undefined
  const fields = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]))
  return expiryOfVersion4(fields) ?? expiryAsTime(fields) ?? expiryInSignTime(fields)
}

type Fields = ReadonlyMap<string, string>

/** Signed at, and good for so many seconds: `X-Amz-`, `X-Goog-`, `x-oss-`, `X-Tos-`, `X-Obs-`. */
function expiryOfVersion4(fields: Fields): number | undefined {
  for (const [name, seconds] of fields) {
    const [, family] = /^(x-[a-z0-9]{2,8})-expires$/.exec(name) ?? []
    const [, year, month, day, hour, minute, second] = compact.exec(fields.get(`${family}-date`) ?? '') ?? []
    if (year === undefined || !/^\d{1,9}$/.test(seconds)) continue
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + Number(seconds) * 1000
  }
  return undefined
}

/** A moment: `Expires` beside a signature (S3 and OSS of old, CloudFront), `e` of Qiniu, `se` of Azure. */
function expiryAsTime(fields: Fields): number | undefined {
  const isSigned = ['signature', 'sig', 'key-pair-id', 'ossaccesskeyid', 'awsaccesskeyid', 'accesskeyid']
  if (isSigned.some((name) => fields.has(name))) {
    const at = secondsOf(fields.get('expires')) ?? dateOf(fields.get('se'))
    if (at !== undefined) return at
  }
  return fields.has('token') ? secondsOf(fields.get('e')) : undefined
}

/** COS: `q-sign-time=1700000000;1700003600`. */
const expiryInSignTime = (fields: Fields): number | undefined =>
  secondsOf(fields.get('q-sign-time')?.split(';')[1])

/** Ten digits: seconds since 1970. */
const secondsOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{10}$/.test(text) ? Number(text) * 1000 : undefined

function dateOf(text: string | undefined): number | undefined {
  const at = /^\d{4}-\d\d-\d\d/.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
