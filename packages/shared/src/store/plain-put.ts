import { text } from 'node:stream/consumers'
import type { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

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
 * body. A put of a receipt costs 0.2 ms of CPU so, and 0.9 by the SDK. The connections, time-outs, proxies, credentials,
 * clock and signer are the SDK's own; where to send is what its last put that succeeded shows. It repeats what did not
 * go well, and knows every answer but two.
 */
export type PlainPuts = {
  /** Has the command show where `sender` sends it, should it succeed. */
  learnFrom(command: PutObjectCommand, key: string, sender: S3Client): void
  /** Sends it once. Rejects only when `abortSignal` aborts. */
  put(key: string, bytes: Buffer, headers: Headers, abortSignal: AbortSignal): Promise<PlainAnswer>
}

type Headers = Record<string, string>
type Signer = Awaited<ReturnType<S3Client['config']['signer']>>
type Request = Parameters<Signer['sign']>[0]
type Answer = {
  response: { statusCode: number; headers: Headers; body: NodeJS.ReadableStream }
}

/** Where puts go: everything that stands before the key in the path, and what is signed for. */
type Way = Pick<Request, 'protocol' | 'hostname' | 'port'> & {
  sender: S3Client
  before: string
  host: string
  userAgent: string
  signer: Signer
  signing: { signingRegion: string; signingService: string }
}

/** Refusals of ours, one after the other, of what the SDK is let do. Then it has a reason that is unknown here. */
const mostStrikes = 3

export function plainPuts(): PlainPuts {
  let way: Way | undefined
  let strikes = 0

  const learn = async (request: Request, key: string, sender: S3Client) => {
    way = strikes < mostStrikes ? await wayOf(request, key, sender) : undefined
  }

  return {
    learnFrom: (command, key, sender) =>
      command.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args)
          const { statusCode } = result.response as Answer['response']
          if (statusCode < 300) await learn(args.request as Request, key, sender)
          return result
        },
        // next to the wire: it sees the request as it was signed
        { step: 'deserialize', priority: 'low' },
      ),
    put: async (key, bytes, headers, abortSignal) => {
      if (way === undefined) return { kind: 'untried' }
      try {
        const answer = await send(way, { key, bytes, headers, abortSignal })
        strikes = answer.kind === 'unclear' ? strikes + 1 : 0
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
  { sender, before, host, userAgent, signer, signing, protocol, hostname, port }: Way,
  { key, bytes, headers, abortSignal }: Put,
): Promise<PlainAnswer> {
  const request: Request = {
    method: 'PUT',
    protocol,
    hostname,
    ...(port !== undefined && { port }),
    path: before + pathOf(key),
    query: {},
    headers: { ...headers, host, 'user-agent': userAgent, 'content-length': String(bytes.length) },
    body: bytes,
  }
  const signingDate = new Date(Date.now() + sender.config.systemClockOffset)
  const signed = await signer.sign(request, { ...signing, signingDate })
  const { response } = (await sender.config.requestHandler.handle(signed, { abortSignal })) as Answer
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
async function wayOf(
  { protocol, hostname, port, path, headers }: Request,
  key: string,
  sender: S3Client,
): Promise<Way | undefined> {
  const [, signingRegion, signingService] =
    /^AWS4-HMAC-SHA256 Credential=[^,]+\/([^/,]+)\/([^/,]+)\/aws4_request,/.exec(
      headers['authorization'] ?? '',
    ) ?? []
  const { host } = headers
  if (signingRegion === undefined || signingService === undefined || host === undefined) return undefined
  // a session of a directory bucket is not ours to keep alive
  if (headers['x-amz-s3session-token'] !== undefined || !path.endsWith(pathOf(key))) return undefined
  const signing = { signingRegion, signingService }
  const scheme = { name: 'sigv4', signingRegion, signingName: signingService, properties: {} }
  return {
    sender,
    protocol,
    hostname,
    ...(port !== undefined && { port }),
    before: path.slice(0, -pathOf(key).length),
    host,
    userAgent: headers['user-agent'] ?? '',
    signer: await sender.config.signer(scheme),
    signing,
  }
}

/** As S3 has its keys in addresses, with the slash before them. */
const pathOf = (key: string): string =>
  key
    .split('/')
    .map((part) => `/${encodeURIComponent(part).replace(/[!'()*]/g, percent)}`)
    .join('')

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
