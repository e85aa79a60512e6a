import { createHash } from 'node:crypto'
import { expiresOf } from '@restyle/dashscope/expires-of'
import { request } from 'undici'
import type { Dispatcher } from 'undici'
import { crc64 } from './crc64.ts'

/**
 * - `bytes`: the whole body, with the length and the checksum that the server named
 * - `expired`: the URL is too old
 * - `gone`: there is no such file
 * - `again`: nothing is known to be wrong with the file; ask later
 * - `refused`: we will not fetch this, now or later
 *
 * `code` is Node's, undici's or one of ours; `detail` is a line for a person and never holds the URL's query.
 */
export type Download =
  | { kind: 'bytes'; bytes: Buffer; contentType?: string }
  | { kind: 'expired' | 'gone' | 'again' | 'refused'; code: string; detail: string }

type Failure = Exclude<Download, { kind: 'bytes' }>

export type DownloadLimits = {
  /** A guarded one: see `@restyle/shared/net/guarded-agent`. */
  dispatcher: Dispatcher
  /** For the whole download, first byte to last: a server that drips its bytes never looks idle. */
  deadlineMs: number
  maxBytes: number
  signal?: AbortSignal
  now?: () => number
}

/** Fetches a result image into memory. Never rejects, never follows a redirect. */
export async function download(url: string, limits: DownloadLimits): Promise<Download> {
  const target = URL.parse(url)
  if (target?.protocol !== 'http:' && target?.protocol !== 'https:') {
    return { kind: 'refused', code: 'NotHttp', detail: 'the URL is not http or https' }
  }
  const deadline = AbortSignal.timeout(limits.deadlineMs)
  const signal = limits.signal ? AbortSignal.any([limits.signal, deadline]) : deadline
  try {
    return await fetchBytes(url, limits, signal)
  } catch (error) {
    return failureOf(error, deadline, limits.signal, target.host)
  }
}

async function fetchBytes(url: string, limits: DownloadLimits, signal: AbortSignal): Promise<Download> {
  const { dispatcher, maxBytes, now = Date.now } = limits
  const { statusCode, headers, body } = await request(url, { dispatcher, signal })
  // a body that is not read to its end emits an error later, when nobody listens
  body.on('error', () => {})
  try {
    if (statusCode !== 200) {
      const opening = statusCode === 403 ? await readUpTo(body, 4096) : undefined
      return failureOfStatus(statusCode, opening?.toString() ?? '', (expiresOf(url) ?? Infinity) <= now())
    }
    const declared = Number(headers['content-length'] ?? 0)
    const bytes = declared > maxBytes ? undefined : await readUpTo(body, maxBytes + 1)
    if (!bytes || bytes.length > maxBytes) {
      return { kind: 'refused', code: 'TooLarge', detail: `the file is larger than ${maxBytes} bytes` }
    }
    if (bytes.length === 0) return { kind: 'again', code: 'Empty', detail: 'the answer has no body' }
    if (!sumsMatch(bytes, headers)) {
      return { kind: 'again', code: 'ChecksumMismatch', detail: 'the bytes are not those the server summed' }
    }
    const contentType = textOf(headers['content-type'])
    return { kind: 'bytes', bytes, ...(contentType !== undefined && { contentType }) }
  } finally {
    body.destroy()
  }
}

/** Stops reading once `limit` bytes are in hand; undici itself notices a body shorter than its Content-Length. */
async function readUpTo(body: Dispatcher.ResponseData['body'], limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= limit) break
  }
  return Buffer.concat(chunks).subarray(0, limit)
}

// the ETag is not compared: it is the MD5 of some objects only, and nothing says of which
function sumsMatch(bytes: Buffer, headers: Dispatcher.ResponseData['headers']): boolean {
  const md5 = textOf(headers['content-md5'])
  const crc = textOf(headers['x-oss-hash-crc64ecma'])
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) return false
  return crc === undefined || crc === crc64(bytes)
}

// what we cannot explain is tried again: the image is paid for
function failureOfStatus(status: number, opening: string, pastExpiry: boolean): Failure {
  const code = `Http${status}`
  if (status === 403 && (pastExpiry || /<Code>AccessDenied<|expired/i.test(opening))) {
    return { kind: 'expired', code, detail: 'the URL is no longer honoured' }
  }
  if (status === 404 || status === 410) return { kind: 'gone', code, detail: 'there is no such file' }
  if (status >= 300 && status < 400)
    return { kind: 'refused', code: 'Redirect', detail: 'the server redirects' }
  return { kind: 'again', code, detail: `the server answered ${status}` }
}

function failureOf(
  error: unknown,
  deadline: AbortSignal,
  asked: AbortSignal | undefined,
  host: string,
): Failure {
  if (asked?.aborted) return { kind: 'again', code: 'Aborted', detail: 'we were asked to stop' }
  if (deadline.aborted) return { kind: 'again', code: 'Deadline', detail: `${host} was too slow` }
  const { code = 'Unknown' } = error as { code?: string }
  if (code === 'ERR_PRIVATE_ADDRESS') {
    return { kind: 'refused', code: 'PrivateAddress', detail: `${host} is not on the public internet` }
  }
  return { kind: 'again', code, detail: `the download from ${host} broke off` }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
