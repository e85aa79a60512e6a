import { readRetryAfter } from '@restyle/dashscope/retry-after'
import { type Dispatcher, request } from 'undici'
import { cleanAnswer, mostBytes } from './clean-answer.ts'
import type { Answer } from './next-delivery.ts'

/** A request as it goes to an endpoint. */
export type Outgoing = { url: string; headers: Record<string, string>; body: string }

export type SendOptions = {
  /** It reaches public addresses alone, but for those that the installation allows, and follows no redirect. */
  dispatcher: Dispatcher
  timeoutMs: number
  /** Cuts the request off: what becomes of it nobody hears. */
  signal: AbortSignal
}

/** The status is known by then: an answer that goes on and on says nothing more. */
const bodyMs = 1_000

/** A kept connection that the other side has just closed breaks at once; one that is new may break, too. */
const atOnceMs = 1_000
const broken = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/** Sends a request, and once more where a kept connection was closed meanwhile. Throws only when `signal` aborts. */
export async function send(request: Outgoing, options: SendOptions): Promise<Answer> {
  const began = performance.now()
  const first = await sendOnce(request, options)
  const wasKept = first.kind === 'broken' && performance.now() - began < atOnceMs
  const answer = wasKept ? await sendOnce(request, options) : first
  return answer.kind === 'broken' ? { kind: 'none', why: reasons['ECONNRESET'] ?? '' } : answer
}

async function sendOnce(
  { url, headers, body }: Outgoing,
  { dispatcher, timeoutMs, signal }: SendOptions,
): Promise<Answer | { kind: 'broken' }> {
  const late = AbortSignal.timeout(timeoutMs)
  try {
    const answer = await request(url, {
      method: 'POST',
      dispatcher,
      headers,
      body,
      signal: AbortSignal.any([late, signal]),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    })
    const text = cleanAnswer(await beginningOf(answer.body))
    const retryAfter = answer.headers['retry-after']
    const retryAfterMs = readRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined, Date.now())
    const { statusCode: status } = answer
    return { kind: 'status', status, text, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  } catch (error) {
    signal.throwIfAborted()
    if (late.aborted) return { kind: 'none', why: `no answer within ${timeoutMs / 1000} s` }
    const code = codeOf(error)
    return broken.has(code) ? { kind: 'broken' } : { kind: 'none', why: whyOf(code) }
  }
}

/** Whatever breaks off in the body: the answer was given before it. */
async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let bytes = 0
  const late = setTimeout(() => body.destroy(), bodyMs)
  try {
    for await (const part of body) {
      parts.push(part as Uint8Array)
      bytes += (part as Uint8Array).length
      if (bytes >= mostBytes) break
    }
  } catch {
    // cut off, by us or by them
  } finally {
    clearTimeout(late)
  }
  return Buffer.concat(parts).subarray(0, mostBytes)
}

const reasons: Readonly<Record<string, string>> = {
  ERR_PRIVATE_ADDRESS: 'blocked: the address is not on the public internet',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke',
  ENOTFOUND: 'the name has no address',
  EAI_AGAIN: 'the name could not be looked up',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'no answer in time',
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } }
  const known = [code, cause?.code].find((each) => typeof each === 'string')
  return known ?? 'no connection'
}

/** In words, and without what the other side, or our own network, said. */
const whyOf = (code: string): string =>
  /CERT|SSL|TLS|ALTNAME|SELF_SIGNED|LEAF_SIGNATURE/.test(code) ? `TLS: ${code}` : (reasons[code] ?? code)
