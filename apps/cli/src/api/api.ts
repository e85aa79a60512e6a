import type { Readable } from 'node:stream'
import { Agent, request } from 'undici'
import type { z } from 'zod'
import type { Config } from '../config.ts'
import { errorCode } from '../error-code.ts'
import type { Io } from '../io.ts'
import { Stop } from '../stop.ts'
import { isPassing, readProblem, type RowName } from './problem.ts'

/** Waits before each repeat, in ms; an answer's Retry-After may lengthen one up to a minute. */
const WAITS = [500, 1000, 2000, 4000, 8000]
const SILENCE_MS = 60_000

type Method = 'GET' | 'HEAD' | 'PUT' | 'POST'
type Extras = { body?: string | Buffer; headers?: Record<string, string>; rowName?: RowName }
type Answer = { status: number; text: string; retryAfterMs: number }

/** The producer's HTTP API. Whatever cannot be done throws `Stop` with the lines to show. */
export type Api = {
  url: string
  /** `path` begins with `/v1`. Repeated when the network or a 503 is in the way, so a POST needs its Idempotency-Key. */
  call<Schema extends z.ZodType>(
    method: Method,
    path: string,
    answer: Schema,
    extras?: Extras,
  ): Promise<z.output<Schema>>
  /** Whether HEAD finds something at `path`. */
  has(path: string): Promise<boolean>
  /** An answer to read while it comes; asked once. */
  open(path: string, headers: Record<string, string>): Promise<Readable>
  close(): Promise<void>
}

/** Connects to nothing yet. */
export function openApi({ url, key }: Config, { signal, wait }: Pick<Io, 'signal' | 'wait'>): Api {
  const dispatcher = new Agent({
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
    connectTimeout: 10_000,
  })

  const send = (method: Method, path: string, { body, headers }: Extras) =>
    request(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body === undefined ? {} : { body }),
      dispatcher,
      signal,
    })

  const ask = async (method: Method, path: string, extras: Extras): Promise<Answer | Stop> => {
    try {
      const { statusCode, headers, body } = await send(method, path, extras)
      return { status: statusCode, text: await body.text(), retryAfterMs: retryAfter(headers['retry-after']) }
    } catch (error) {
      signal.throwIfAborted()
      return unanswered(url, error)
    }
  }

  const answered = async (method: Method, path: string, extras: Extras = {}): Promise<Answer> => {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await ask(method, path, extras)
      const ms = WAITS[attempt]
      if (ms === undefined || !worthRepeating(answer, attempt)) {
        if (answer instanceof Stop) throw answer
        return answer
      }
      await wait(answer instanceof Stop ? ms : Math.max(ms, answer.retryAfterMs), signal)
    }
  }

  return {
    url,
    async call(method, path, schema, extras = {}) {
      const { status, text } = await answered(method, path, extras)
      if (status >= 300) throw readProblem(status, text, url, extras.rowName)
      const parsed = schema.safeParse(jsonOf(text))
      if (!parsed.success)
        throw new Stop('refused', [`${url} answered ${method} ${path} with something unexpected`])
      return parsed.data
    },
    async has(path) {
      const { status, text } = await answered('HEAD', path)
      if (status >= 300 && status !== 404) throw readProblem(status, text, url)
      return status < 300
    },
    async open(path, headers) {
      try {
        const { statusCode, body } = await send('GET', path, { headers })
        if (statusCode >= 300) throw readProblem(statusCode, await body.text(), url)
        return body
      } catch (error) {
        signal.throwIfAborted()
        throw error instanceof Stop ? error : unanswered(url, error)
      }
    },
    close: () => dispatcher.destroy(),
  }
}

/** A first call that nobody picks up means a wrong address or no producer; later ones may meet a restart. */
function worthRepeating(answer: Answer | Stop, attempt: number): boolean {
  return answer instanceof Stop ? answer.code === 'silent' || attempt > 0 : isPassing(answer.status)
}

/** Milliseconds; only the form in seconds, at most a minute. */
function retryAfter(header: string | string[] | undefined): number {
  const seconds = Number(header ?? 0)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 60) * 1000 : 0
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unanswered(url: string, error: unknown): Stop {
  const code = errorCode(error)
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(code))
    return new Stop('absent', [
      `no producer answers at ${url} (${code}): start one with npm start, or name another with --url or RESTYLE_URL`,
    ])
  return new Stop('silent', [`${url} gave no answer (${code}): try again, or look at the producer's log`])
}
