import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { unframe } from './aws-chunked.ts'
import { verifyBody } from './checksums.ts'
import { conditionsOf, refuseByManners } from './dialects.ts'
import type { Manners } from './dialects.ts'
import type { FaultDeed, Faults } from './faults.ts'
import { drip, readBody } from './message-body.ts'
import { routeOf } from './operations.ts'
import type { S3Operation } from './operations.ts'
import { parseTarget } from './request-target.ts'
import type { S3Call, S3Reply, S3State } from './s3-call.ts'
import { S3Error } from './s3-error.ts'
import type { Headers, SignatureVerifier, Signed } from './sigv4.ts'
import { declaration, element } from './xml.ts'

/** What the requests of one server share. */
export interface S3World extends S3State {
  verify: SignatureVerifier
  faults: Faults
  mannersOf: (bucket: string) => Manners
  /** Requests so far, by operation. */
  requests: Partial<Record<S3Operation, number>>
  now: () => number
  nextRequestId: () => string
}

/**
 * Serves one request: route → fault → signature → body → payload hash and checksums → operation → reply.
 * `goOn` tells a client that waits with its body (Expect: 100-continue) to send it.
 */
export async function serveRequest(
  request: IncomingMessage,
  response: ServerResponse,
  world: S3World,
  goOn?: () => void,
): Promise<void> {
  const requestId = world.nextRequestId()
  let fault: FaultDeed | undefined
  let reply: S3Reply
  let waits = goOn !== undefined
  try {
    const { method = '', url = '/', headers } = request
    const target = parseTarget(url, headers.host)
    const manners = world.mannersOf(target.bucket)
    const { operation, handle } = routeOf(method, target)
    world.requests[operation] = (world.requests[operation] ?? 0) + 1
    fault = world.faults.take(operation, target.key)
    if (fault?.do === 'hang') return void (await once(response, 'close'))
    if (fault?.do === 'refuse') throw new S3Error(fault.code)
    const plain = flat(headers)
    const signed = world.verify({ method, target, headers: plain }, world.now())
    refuseByManners(manners, { method, key: target.key, headers: plain, virtualHost: target.virtualHost })
    refuseUnknownLength(plain)
    goOn?.()
    waits = false
    const framed = await readBody(request, {
      cutAfter: fault?.do === 'cut' ? fault.afterBytes : undefined,
      bytesPerSecond: rateOf(fault),
    })
    if (framed === undefined) return
    const content = contentOf(framed, signed, withQuery(plain, target.query))
    const conditions = fault?.do === 'ignore-conditions' ? {} : conditionsOf(manners, content.headers)
    reply = await handle({ ...target, ...content, conditions, now: world.now() }, world)
  } catch (cause) {
    // a body that was promised and is not wanted: take it before answering, or the client may never see the answer
    if (waits) response.setHeader('connection', 'close')
    else await readBody(request, {})
    reply = refusalOf(cause, request.url ?? '/', requestId)
  }
  if (fault?.do === 'lose-reply') return void request.socket.resetAndDestroy()
  await send(response, reply, {
    requestId,
    now: world.now(),
    head: request.method === 'HEAD',
    bytesPerSecond: rateOf(fault),
  })
}

/** The body without its frame, compared with everything said about it. */
function contentOf(
  framed: Buffer,
  signed: Signed,
  headers: Headers,
): Pick<S3Call, 'headers' | 'body' | 'digests'> {
  const { payload } = signed
  const isChunked = payload.startsWith('STREAMING-')
  const { body, trailers } = isChunked ? unframe(framed, signed) : { body: framed, trailers: {} }
  if (isChunked && body.length !== Number(headers['x-amz-decoded-content-length']))
    throw new S3Error('IncompleteBody')
  return { headers, body, digests: verifyBody(body, payload, headers, trailers) }
}

function refuseUnknownLength(headers: Headers): void {
  const isChunked = headers['x-amz-content-sha256']?.startsWith('STREAMING-') ?? false
  const isOpenEnded = headers['transfer-encoding'] !== undefined
  if (isChunked ? headers['x-amz-decoded-content-length'] === undefined : isOpenEnded)
    throw new S3Error('MissingContentLength')
}

function refusalOf(cause: unknown, resource: string, requestId: string): S3Reply {
  const refusal =
    cause instanceof S3Error
      ? cause
      : new S3Error('InternalError', `We encountered an internal error: ${String(cause)}`)
  const error = element('Error', [
    element('Code', refusal.code),
    element('Message', refusal.message),
    element('Resource', resource.split('?')[0] ?? ''),
    element('RequestId', requestId),
  ])
  return { status: refusal.status, headers: { 'content-type': 'application/xml' }, body: declaration + error }
}

interface Sending {
  requestId: string
  now: number
  head: boolean
  bytesPerSecond: number | undefined
}

async function send(
  response: ServerResponse,
  reply: S3Reply,
  { requestId, now, head, bytesPerSecond }: Sending,
): Promise<void> {
  if (response.destroyed) return
  const body = head ? '' : (reply.body ?? '')
  const length =
    reply.status === 204 || reply.status === 304 || head
      ? {}
      : { 'content-length': String(Buffer.byteLength(body)) }
  // our clock, not the machine's: clients correct theirs by this header
  response.writeHead(reply.status, {
    date: new Date(now).toUTCString(),
    'x-amz-request-id': requestId,
    ...length,
    ...reply.headers,
  })
  if (bytesPerSecond === undefined) response.end(body)
  else await drip(response, Buffer.from(body), bytesPerSecond)
}

function rateOf(fault: FaultDeed | undefined): number | undefined {
  return fault?.do === 'slow' ? fault.bytesPerSecond : undefined
}

function flat(headers: IncomingMessage['headers']): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
  )
}

/** A presigned URL carries x-amz- headers in its query. */
function withQuery(headers: Headers, query: ReadonlyMap<string, string>): Headers {
  const hoisted = [...query]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith('x-amz-'))
  return hoisted.length === 0 ? headers : { ...Object.fromEntries(hoisted), ...headers }
}
