import { expiresOf } from '@restyle/dashscope/expires-of'
import { request } from 'undici'
import type { Dispatcher } from 'undici'
import { beginningOf, continues, type PartialImage, resumeHeaders, sumsMatch } from './partial-image.ts'
import { resultAddresses } from './result-addresses.ts'

/**
 * - `bytes`: the whole body, with the length and the checksum that the server named
 * - `expired`: the URL is too old
 * - `gone`: there is no such file
 * - `again`: nothing is known to be wrong with the file; ask later, with `partial` where some of it has come
 * - `refused`: we will not fetch this, now or later
 *
 * `code` is Node's, undici's or one of ours; `detail` is a line for a person and never holds the URL's query. `hint` is for
 * the log alone: it may tell of our network.
 */
export type Download =
  | { kind: 'bytes'; bytes: Buffer; contentType?: string }
  | ({ kind: 'expired' | 'gone' | 'again' | 'refused' } & Reason & { partial?: PartialImage })

type Reason = { code: string; detail: string; hint?: string }
type Failure = Exclude<Download, { kind: 'bytes' }>

export type DownloadLimits = {
  /** A guarded one: see `@restyle/shared/net/guarded-agent`. */
  dispatcher: Dispatcher
  /** For the whole download, first byte to last: a dripping server never looks idle (see download-pace.ts). */
  deadlineMs: number
  /** As long as bytes come within this, a download is on its way, however slow the line is. */
  idleMs?: number
  maxBytes: number
  /** What an earlier download brought: it goes on from there. */
  partial?: PartialImage | undefined
  signal?: AbortSignal
  now?: () => number
}

/** A line that broke off after so much is tried again at once; after less the caller waits first. */
const gainThatCounts = 64 * 1024

/** Fetches a result image into memory, in several pieces where the line breaks. Never rejects, never follows a redirect. */
export async function download(url: string, limits: DownloadLimits): Promise<Download> {
  const deadline = AbortSignal.timeout(limits.deadlineMs)
  const signal = limits.signal ? AbortSignal.any([limits.signal, deadline]) : deadline
  let failure: Failure = { kind: 'refused', code: 'NotHttp', detail: 'the URL is not http or https' }
  let { partial } = limits
  for (const address of resultAddresses(url)) {
    for (let gain = Infinity; gain >= gainThatCounts;) {
      const before = partial?.bytes.length ?? 0
      const outcome = await fetchRest(address, partial, limits, { signal, deadline })
      if (outcome.kind === 'bytes') return outcome
      failure = outcome
      partial = outcome.partial
      gain = failure.code === 'RangeMismatch' ? Infinity : (partial?.bytes.length ?? 0) - before
      if (failure.kind !== 'again' || signal.aborted) break
    }
    if (isFinal(failure) || signal.aborted) break
  }
  return failure
}

/** What the other scheme would answer just the same. */
const isFinal = ({ kind, code }: Failure): boolean =>
  kind === 'expired' || kind === 'gone' || code === 'TooLarge' || code === 'PrivateAddress'

type Signals = { signal: AbortSignal; deadline: AbortSignal }

/** One request: for the whole file, or for what is missing of `partial`. */
async function fetchRest(
  url: string,
  partial: PartialImage | undefined,
  limits: DownloadLimits,
  signals: Signals,
): Promise<Download> {
  const { dispatcher, maxBytes, idleMs = 30_000, now = Date.now } = limits
  const headers = resumeHeaders(partial)
  const resumes = partial !== undefined && headers['range'] !== undefined
  let file = partial
  const chunks: Buffer[] = []
  const arrived = (): PartialImage | undefined =>
    file === undefined ? undefined : { ...file, bytes: Buffer.concat([file.bytes, ...chunks]) }
  try {
    const answer = await request(url, {
      dispatcher,
      signal: signals.signal,
      headers,
      headersTimeout: idleMs,
      bodyTimeout: idleMs,
    })
    const { statusCode, body } = answer
    // a body we leave unread complains of being dropped, after everyone has gone
    body.on('error', () => {})
    try {
      const asExpected = statusCode === 200 || (resumes && statusCode === 206)
      if (!asExpected) {
        if (resumes && [412, 416].includes(statusCode)) return otherFile
        const opening = statusCode === 403 ? await readUpTo(body, 4096) : ''
        const failure = failureOfStatus(statusCode, opening, (expiresOf(url) ?? Infinity) <= now())
        return partial === undefined ? failure : { ...failure, partial }
      }
      if (statusCode === 200 || partial === undefined) file = beginningOf(answer.headers)
      else if (!continues(partial, answer.headers)) return otherFile
      if (await readInto(chunks, body, file ?? beginningOf({}), maxBytes))
        return { kind: 'refused', code: 'TooLarge', detail: `the file is larger than ${maxBytes} bytes` }
    } finally {
      body.destroy()
    }
  } catch (error) {
    const kept = arrived()
    const failure = failureOf(error, signals.deadline, limits, URL.parse(url)?.host ?? '')
    return kept === undefined || kept.bytes.length === 0 ? failure : { ...failure, partial: kept }
  }
  return judge(arrived())
}

const otherFile: Failure = {
  kind: 'again',
  code: 'RangeMismatch',
  detail: 'the rest is of another file, which is fetched from its beginning',
}

function judge(whole: PartialImage | undefined): Download {
  if (whole === undefined || whole.bytes.length === 0)
    return { kind: 'again', code: 'Empty', detail: 'the answer has no body' }
  const { bytes, contentType, length } = whole
  // undici notices a body that is shorter than it was told, but not a rest that is
  if ((length ?? bytes.length) !== bytes.length)
    return { kind: 'again', code: 'Truncated', detail: 'the file is not as long as the server said' }
  if (!sumsMatch(whole))
    return { kind: 'again', code: 'ChecksumMismatch', detail: 'the bytes are not those the server summed' }
  return { kind: 'bytes', bytes, ...(contentType !== undefined && { contentType }) }
}

/** Reads the body and appends it to what is there already; true if that is more than `maxBytes`. */
async function readInto(
  chunks: Buffer[],
  body: Dispatcher.ResponseData['body'],
  { bytes, length }: PartialImage,
  maxBytes: number,
): Promise<boolean> {
  if ((length ?? 0) > maxBytes) return true
  let total = bytes.length
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    total += chunk.length
    if (total > maxBytes) return true
  }
  return false
}

async function readUpTo(body: Dispatcher.ResponseData['body'], limit: number): Promise<string> {
  let text = ''
  for await (const chunk of body as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1')
    if (text.length >= limit) break
  }
  return text.slice(0, limit)
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

const idleCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

function failureOf(
  error: unknown,
  deadline: AbortSignal,
  { signal, idleMs = 30_000 }: DownloadLimits,
  host: string,
): Failure {
  if (signal?.aborted) return { kind: 'again', code: 'Aborted', detail: 'we were asked to stop' }
  if (deadline.aborted) return { kind: 'again', code: 'Deadline', detail: `${host} was too slow` }
  const { code = 'Unknown', hint } = error as { code?: string; hint?: string }
  if (code === 'ERR_PRIVATE_ADDRESS') {
    const detail = `${host} is not on the public internet`
    return { kind: 'refused', code: 'PrivateAddress', detail, ...(hint !== undefined && { hint }) }
  }
  if (idleCodes.has(code))
    return { kind: 'again', code: 'Idle', detail: `${host} sent nothing for ${Math.round(idleMs / 1000)} s` }
  return { kind: 'again', code, detail: `the download from ${host} broke off` }
}
