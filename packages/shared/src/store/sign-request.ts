import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'

/** As the SDK's provider of credentials gives them. */
export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

/** What a signature is made for. */
export type Scope = { signingRegion: string; signingService: string }

/** A request without a query: its path is sent as it is here, and its headers have names in lower case. */
export type SignableRequest = { method: string; path: string; headers: Readonly<Record<string, string>> }

type Headers = Record<string, string>

/** Signs a request, `at` by the server's clock; gives its headers with those of the signature. */
export type SignRequest = (
  request: SignableRequest,
  credentials: Credentials,
  scope: Scope,
  at: Date,
) => Headers

/** Proxies change these. */
const unsigned = new Set(['cache-control', 'user-agent'])

/**
 * Signature Version 4 for S3, with the key of a day kept: a third of what the SDK's signer costs, which makes it anew. The
 * body's hash has to be in `x-amz-content-sha256`.
 */
export function requestSigner(): SignRequest {
  let kept: { of: string; key: KeyObject } | undefined
  return ({ method, path, headers: told }, credentials, { signingRegion, signingService }, at) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials
    const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
    const parts = [time.slice(0, 8), signingRegion, signingService, 'aws4_request']
    const scope = parts.join('/')
    const of = `${secretAccessKey} ${scope}`
    if (kept?.of !== of) kept = { of, key: keyOf(secretAccessKey, parts) }
    const headers: Headers = {
      ...told,
      'x-amz-date': time,
      ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    }
    const names = Object.keys(headers)
      .filter((name) => !unsigned.has(name))
      .toSorted()
    const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/\s+/g, ' ')}`)
    const signed = names.join(';')
    const canonical = [method, path, '', ...lines, '', signed, headers['x-amz-content-sha256']].join('\n')
    const signature = createHmac('sha256', kept.key)
      .update(['AWS4-HMAC-SHA256', time, scope, hash('sha256', canonical)].join('\n'))
      .digest('hex')
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
    return { ...headers, authorization }
  }
}

function keyOf(secretAccessKey: string, parts: readonly string[]): KeyObject {
  const bytes = parts.reduce<string | Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    `AWS4${secretAccessKey}`,
  )
  return createSecretKey(Buffer.from(bytes))
}
