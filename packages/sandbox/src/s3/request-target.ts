import { S3Error } from './s3-error.ts'

/** What a request names: `/bucket/key?name=value`, or `/key?name=value` of the host `bucket.localhost`. */
export interface RequestTarget {
  /** Decoded. */
  path: string
  /** Empty for the service itself. */
  bucket: string
  /** Empty for the bucket itself. */
  key: string
  /** Decoded, in the order sent. */
  query: Map<string, string>
  /** Whether the host named the bucket. */
  virtualHost: boolean
}

const hostOfBucket = /^([a-z0-9.-]+)\.localhost(?::\d+)?$/

/** Reads a request line's target. Throws InvalidURI. */
export function parseTarget(url: string, host = ''): RequestTarget {
  const mark = url.indexOf('?')
  const path = decode(mark < 0 ? url : url.slice(0, mark))
  const query = new Map<string, string>()
  for (const pair of mark < 0 ? [] : url.slice(mark + 1).split('&')) {
    const [name = '', ...value] = pair.split('=')
    if (name !== '') query.set(decodeQuery(name), decodeQuery(value.join('=')))
  }
  const bucketOfHost = hostOfBucket.exec(host)?.[1]
  if (bucketOfHost !== undefined)
    return { path, bucket: bucketOfHost, key: path.slice(1), query, virtualHost: true }
  const slash = path.indexOf('/', 1)
  const key = slash < 0 ? '' : path.slice(slash + 1)
  return { path, bucket: path.slice(1, slash < 0 ? undefined : slash), key, query, virtualHost: false }
}

/** AWS's percent-encoding: all but `A-Z a-z 0-9 - . _ ~`. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** The path a client signs: every segment encoded once, slashes kept. */
export function canonicalPath({ path }: RequestTarget): string {
  return path.split('/').map(encodeStrictly).join('/')
}

function decodeQuery(text: string): string {
  return decode(text.replaceAll('+', ' '))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new S3Error('InvalidURI')
  }
}
