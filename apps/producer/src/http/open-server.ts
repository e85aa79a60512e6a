import { Readable } from 'node:stream'
import compress from '@fastify/compress'
import { limits } from '@restyle/shared/contract/limits'
import type { Log } from '@restyle/shared/log'
import { fastify } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { type AccessLog, openAccessLog } from './access-log.ts'
import { answerProblems, sendProblem } from './answer-problems.ts'
import { refuseUnacceptable } from './acceptable.ts'
import type { Api } from './api.ts'
import { allowOrigins } from './browser-access.ts'
import { parseJson } from './parse-json.ts'
import { problemOf } from './problem-of.ts'
import { refuseEarly } from './refuse-early.ts'
import { requestIdOf } from './request-id.ts'
import type { SparingLog } from './sparing-log.ts'
import { answerUnreadable } from './unreadable-requests.ts'
import { validateByZod } from './validate.ts'

/** What an installation may choose about its HTTP. */
export type HttpOptions = {
  accessLog: AccessLog
  /** Origins whose pages may call the API from a browser; `*`: all. */
  origins: readonly string[]
  /** Addresses and networks of proxies whose `X-Forwarded-For` says where a request comes from. */
  proxies: readonly string[]
  /** Requests a minute of a producer that has no rate of its own; 0: as many as it likes. */
  rate: number
  /** How long the headers of a request may take (ms). */
  headersTimeoutMs: number
}

export const defaultHttp: HttpOptions = {
  accessLog: 'off',
  origins: [],
  proxies: [],
  rate: 0,
  headersTimeoutMs: 20_000,
}

/** For what is read by programs: no page may show it, and none may take it for another type. All ports of a host are one site: a page of another one would be sent pictures by the cookie. */
const safe = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

type Needs = {
  log: Log
  warn: SparingLog
  /** Aborts when the server stops. */
  stopping: AbortSignal
}

/** A server without routes: all that its answers have in common, whichever route gives them. */
export async function openServer(options: HttpOptions, { log, warn, stopping }: Needs): Promise<Api> {
  const noteRequest = openAccessLog(log, options.accessLog)
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    // longer than every deadline of the ledger: it ends only what those have missed
    handlerTimeout: 20_000,
    requestTimeout: 300_000,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: options.headersTimeoutMs,
      // how often Node looks at the two time-outs
      connectionsCheckingInterval: Math.min(5_000, options.headersTimeoutMs),
    },
    routerOptions: { maxParamLength: limits.parameter },
    // its own has neither an id nor the form of a problem; the connection ends all the same
    return503OnClosing: false,
    trustProxy: options.proxies.length === 0 ? false : [...options.proxies],
    genReqId: requestIdOf,
    clientErrorHandler: answerUnreadable(log),
    frameworkErrors: (error, request, reply) => {
      noteRequest(request, reply)
      void sendProblem(reply, problemOf(error, request))
    },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validateByZod)
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('producer', '')
  app.decorateRequest('keyId', '')
  app.decorateRequest('scopes', undefined)
  app.decorateRequest('sessionUntil', undefined)
  app.decorateRequest('sessionHash', undefined)
  app.decorateRequest('promised', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).headers(safe)
    noteRequest(request, reply)
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    // an idle connection would keep a stopping server waiting
    if (stopping.aborted) void reply.header('connection', 'close')
    // otherwise it would be read to its end for nobody
    if (request.method === 'HEAD' && payload instanceof Readable) {
      payload.destroy()
      return done(null, Readable.from([]))
    }
    done(null, payload)
  })
  answerProblems(app, log, warn)
  await allowOrigins(app, options.origins)
  // a body that a caller packed is refused: it may grow a thousandfold
  await app.register(compress, { encodings: ['gzip', 'br'], globalDecompression: false })
  refuseEarly(app)
  refuseUnacceptable(app)
  parseJson(app)
  return app
}
