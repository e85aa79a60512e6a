import { text } from 'node:stream/consumers'
import type { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { requestSigner, type Scope, type SignRequest } from './sign-request.ts'

/**
 * What came of a plain put.
 * - `stored`
 * - `taken`: refused, since an object is there or is being written (409, 412), in the server's words
 * - `unclear`: anything else, no answer too; the SDK is to send it. `later`: not before a pause
 * - `untried`: nothing was sent
 */
export type PlainAnswer =
  | { kind: 'stored' }
  | { kind: 'taken'; status: number; code?: string; said?: string; requestId?: string }
  | { kind: 'unclear'; later: boolean }
  | { kind: 'untried' }

/**
 * Puts without what the AWS SDK does anew for each call: the middleware, the rules of endpoints, a second hash of the
 * body. A put of a receipt costs 0.2 ms of CPU so, and 0.9 by the SDK. The connections, time-outs, proxies, credentials
 * and clock are the SDK's own; where to send is what its last put that succeeded shows. It repeats what did not
 * go well, and knows every answer but two.
 */
export type PlainPuts = {
  /** Has the command show where `sender` sends it, should it succeed. */
  learnFrom(command: PutObjectCommand, key: string, sender: S3Client): void
  /** Sends it once. Rejects only when `abortSignal` aborts. */
  put(key: string, bytes: Buffer, headers: Headers, abortSignal: AbortSignal): Promise<PlainAnswer>
}

type Headers = Record<string, string>
type Request = {
  protocol: string
  hostname: string
  port?: number
  path: string
  headers: Headers
}
type Answer = {
  response: { statusCode: number; headers: Headers; body: NodeJS.ReadableStream }
}

/** Where puts go: everything that stands before the key in the path, and what is signed for. */
type Way = Pick<Request, 'protocol' | 'hostname' | 'port'> & {
  sender: S3Client
  before: string
  host: string
  userAgent: string
  scope: Scope
}

/** Refusals in a row of what the SDK is let do. Then there is a reason that is unknown here. */
const mostStrikes = 3

export function plainPuts(): PlainPuts {
  let way: Way | undefined
  let strikes = 0
  const sign = requestSigner()
  const learn = (request: Request, key: string, sender: S3Client) => {
    way = strikes < mostStrikes ? wayOf(request, key, sender) : undefined
  }

  return {
    learnFrom: (command, key, sender) =>
      command.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args)
          const { statusCode } = result.response as Answer['response']
          if (statusCode < 300) learn(args.request as Request, key, sender)
          return result
        },
        // next to the wire: it sees the request as it was signed
        { step: 'deserialize', priority: 'low' },
      ),
    put: async (key, bytes, headers, abortSignal) => {
      const used = way
      if (used === undefined) return { kind: 'untried' }
      try {
        const answer = await send(used, sign, { key, bytes, headers, abortSignal })
        if (answer.kind !== 'unclear') strikes = 0
        // of many that are refused at a time the first counts: the way may be known better after it
        else if (!answer.later && used === way) {
          strikes += 1
          way = undefined
        }
        return answer
      } catch (error) {
        if (abortSignal.aborted) throw error
        return { kind: 'unclear', later: true }
      }
    },
  }
}

type Put = { key: string; bytes: Buffer; headers: Headers; abortSignal: AbortSignal }

async function send(
  { sender, before, host, userAgent, scope, ...server }: Way,
  sign: SignRequest,
  { key, bytes, headers, abortSignal }: Put,
): Promise<PlainAnswer> {
  const request = {
    method: 'PUT',
    path: before + pathOf(key),
    headers: { ...headers, host, 'user-agent': userAgent, 'content-length': String(bytes.length) },
  }
  const { credentials, requestHandler, systemClockOffset } = sender.config
  const signed = sign(request, await credentials(), scope, new Date(Date.now() + systemClockOffset))
  const { response } = (await requestHandler.handle(
    { ...server, ...request, query: {}, headers: signed, body: bytes },
    { abortSignal },
  )) as Answer
  return read(response)
}

async function read({ statusCode: status, headers, body }: Answer['response']): Promise<PlainAnswer> {
  if (status === 409 || status === 412) {
    const xml = await text(body)
    const [code, said] = [/<Code>([^<]*)</.exec(xml)?.[1], /<Message>([^<]*)</.exec(xml)?.[1]]
    const requestId = headers['x-amz-request-id']
    return {
      kind: 'taken',
      status,
      ...(code !== undefined && { code }),
      ...(said !== undefined && { said }),
      ...(requestId !== undefined && { requestId }),
    }
  }
  // nobody needs it, and what is not read keeps its connection
  body.on('error', () => {}).resume()
  if (status === 200) return { kind: 'stored' }
  return { kind: 'unclear', later: status >= 500 || status === 429 }
}

/** undefined where the SDK signed otherwise than for a region, or changed the key on its way. */
function wayOf(
  { protocol, hostname, port, path, headers }: Request,
  key: string,
  sender: S3Client,
): Way | undefined {
  const [, signingRegion, signingService] =
    /^AWS4-HMAC-SHA256 Credential=[^,]+\/([^/,]+)\/([^/,]+)\/aws4_request,/.exec(
      headers['authorization'] ?? '',
    ) ?? []
  const { host } = headers
  if (signingRegion === undefined || signingService === undefined || host === undefined) return undefined
  // a session of a directory bucket is not ours to keep alive
  if (headers['x-amz-s3session-token'] !== undefined || !path.endsWith(pathOf(key))) return undefined
  return {
    sender,
    protocol,
    hostname,
    ...(port !== undefined && { port }),
    before: path.slice(0, -pathOf(key).length),
    host,
    userAgent: headers['user-agent'] ?? '',
    scope: { signingRegion, signingService },
  }
}

/** As S3 has its keys in addresses, with the slash before them. */
const pathOf = (key: string): string =>
  key
    .split('/')
    .map((part) => `/${encodeURIComponent(part).replace(/[!'()*]/g, percent)}`)
    .join('')

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
