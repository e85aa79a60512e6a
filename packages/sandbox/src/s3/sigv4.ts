import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import { canonicalPath, encodeStrictly } from './request-target.ts'
import type { RequestTarget } from './request-target.ts'
import { S3Error } from './s3-error.ts'

const skewMs = 15 * 60_000
const algorithm = 'AWS4-HMAC-SHA256'

/** The one account of the server. */
export interface S3Account {
  accessKeyId: string
  secretAccessKey: string
  region: string
}

/** Headers by lower-case name. */
export type Headers = Readonly<Record<string, string | undefined>>

/** A request as it came in, before its body is read. */
export interface UnverifiedRequest {
  method: string
  target: RequestTarget
  headers: Headers
}

/** What the body still has to agree with. */
export interface Signed {
  /** x-amz-content-sha256: a hex digest, UNSIGNED-PAYLOAD or one of STREAMING-…. */
  payload: string
  /** The request's signature: the first link of a chain of chunk signatures. */
  signature: string
  /** Signs the lines of a chunk or a trailer with this request's key, date and scope. */
  sign: (kind: string, lines: readonly string[]) => string
}

interface Claim {
  credential: string
  signedHeaders: string[]
  signature: string
  /** yyyymmddThhmmssZ */
  date: string
  payload: string
  /** Query pairs that are part of what was signed. */
  query: [string, string][]
  malformed: 'AuthorizationHeaderMalformed' | 'AuthorizationQueryParametersError'
}

/** Checks one request. `now` in Unix ms. */
export type SignatureVerifier = (request: UnverifiedRequest, now: number) => Signed

/**
 * Checks requests signed with SigV4, in the Authorization header or in the query (presigned).
 * Throws AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch, RequestTimeTooSkewed and the malformed ones.
 */
export function signatureVerifier(account: S3Account): SignatureVerifier {
  // the signing key is the same for all requests of a day
  let today = ''
  let key: KeyObject | undefined
  return (request, now) => {
    const presigned = request.target.query.has('X-Amz-Algorithm')
    const claim = presigned ? claimOfQuery(request, now) : claimOfHeader(request, now)
    const day = dayOfScope(claim, account)
    refuseUnsignedHeaders(request.headers, claim.signedHeaders)
    if (key === undefined || day !== today) key = signingKey(account, day)
    today = day
    const keyOfDay = key
    const scope = `${day}/${account.region}/s3/aws4_request`
    const sign = (kind: string, lines: readonly string[]): string =>
      createHmac('sha256', keyOfDay)
        .update([kind, claim.date, scope, ...lines].join('\n'))
        .digest('hex')
    const signature = sign(algorithm, [hash('sha256', canonicalRequest(request, claim))])
    if (signature !== claim.signature) throw new S3Error('SignatureDoesNotMatch')
    return { payload: claim.payload, signature, sign }
  }
}

/** Credential is `<access key>/<day>/<region>/s3/aws4_request`; gives the day. */
function dayOfScope({ credential, date, malformed }: Claim, account: S3Account): string {
  const [accessKeyId, day, region = '', ...rest] = credential.split('/')
  if (accessKeyId !== account.accessKeyId) throw new S3Error('InvalidAccessKeyId')
  if (day !== date.slice(0, 8) || rest.join('/') !== 's3/aws4_request') throw new S3Error(malformed)
  if (region !== account.region)
    throw new S3Error(
      malformed,
      `The authorization header is malformed; the region '${region}' is wrong; expecting '${account.region}'`,
    )
  return day
}

function claimOfHeader({ headers, target }: UnverifiedRequest, now: number): Claim {
  const malformed = 'AuthorizationHeaderMalformed'
  if (headers.authorization === undefined) throw new S3Error('AccessDenied')
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^, ]+),\s*SignedHeaders=([^, ]+),\s*Signature=([0-9a-f]{64})$/.exec(
      headers.authorization,
    )
  const [, credential, names, signature] = match ?? []
  if (credential === undefined || names === undefined || signature === undefined) throw new S3Error(malformed)
  const date = headers['x-amz-date']
  const at = timeOf(date)
  if (date === undefined || at === undefined)
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header')
  if (Math.abs(at - now) > skewMs) throw new S3Error('RequestTimeTooSkewed')
  const payload = headers['x-amz-content-sha256']
  if (payload === undefined)
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  return {
    credential,
    signedHeaders: names.split(';'),
    signature,
    date,
    payload,
    query: [...target.query],
    malformed,
  }
}

function claimOfQuery({ headers, target: { query } }: UnverifiedRequest, now: number): Claim {
  const malformed = 'AuthorizationQueryParametersError'
  const [credential, names, signature, date, expires] = [
    'Credential',
    'SignedHeaders',
    'Signature',
    'Date',
    'Expires',
  ].map((name) => query.get(`X-Amz-${name}`))
  const at = timeOf(date)
  const seconds = Number(expires)
  if (
    query.get('X-Amz-Algorithm') !== algorithm ||
    credential === undefined ||
    names === undefined ||
    signature === undefined
  )
    throw new S3Error(malformed)
  if (date === undefined || at === undefined || !(seconds >= 1 && seconds <= 604_800))
    throw new S3Error(malformed)
  if (at - now > skewMs) throw new S3Error('AccessDenied', 'Request is not yet valid')
  if (now > at + seconds * 1000) throw new S3Error('AccessDenied', 'Request has expired')
  const payload = headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD'
  const signedQuery = [...query].filter(([name]) => name !== 'X-Amz-Signature')
  return {
    credential,
    signedHeaders: names.split(';'),
    signature,
    date,
    payload,
    query: signedQuery,
    malformed,
  }
}

function canonicalRequest({ method, target, headers }: UnverifiedRequest, claim: Claim): string {
  const query = claim.query.map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
  const lines = claim.signedHeaders.map(
    (name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`,
  )
  return [
    method,
    canonicalPath(target),
    query.toSorted().join('&'),
    ...lines,
    '',
    claim.signedHeaders.join(';'),
    claim.payload,
  ].join('\n')
}

/** What S3 insists on being signed: the host and every x-amz- header; other stores, their own as well. */
function refuseUnsignedHeaders(headers: Headers, signed: readonly string[]): void {
  for (const name of Object.keys(headers)) {
    if ((name === 'host' || /^x-(amz|oss|cos|ibm)-/.test(name)) && !signed.includes(name))
      throw new S3Error(
        'AccessDenied',
        `There were headers present in the request which were not signed: ${name}`,
      )
  }
}

/** As an object: from bytes, Node would make one for each signature. */
function signingKey({ secretAccessKey, region }: S3Account, day: string): KeyObject {
  let key = Buffer.from(`AWS4${secretAccessKey}`)
  for (const part of [day, region, 's3', 'aws4_request'])
    key = createHmac('sha256', key).update(part).digest()
  return createSecretKey(key)
}

function timeOf(date: string | undefined): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date ?? '')
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}
