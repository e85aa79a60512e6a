import type { Log } from '@restyle/shared/log'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Which requests get a line: every one, those that were refused or failed (status 400 and above), or none. */
export const accessLogs = ['all', 'failed', 'off'] as const
export type AccessLog = (typeof accessLogs)[number]

/** Notes that a request has come; its line is written when the answer has gone, or the caller has. */
export type NoteRequest = (request: FastifyRequest, reply: FastifyReply) => void

/**
 * One line for each request, with the pattern of its route: an address may hold names and secrets. `bytes` are those of the
 * answer with its headers; `cut` stands where the caller left before the end. Level: warn for 5xx, debug for checks of health
 * that went well, info for all others.
 */
export function openAccessLog(log: Log, which: AccessLog): NoteRequest {
  if (which === 'off') return () => {}
  return (request, reply) => {
    const began = performance.now()
    const { socket } = request.raw
    const before = socket.bytesWritten
    reply.raw.once('close', () => {
      const status = reply.raw.statusCode
      if (which === 'failed' && status < 400) return
      const { url: route } = request.routeOptions
      const facts = {
        requestId: request.id,
        method: request.method,
        route,
        status,
        ms: Math.round((performance.now() - began) * 10) / 10,
        bytes: socket.bytesWritten - before,
        ...(request.keyId === '' ? {} : { keyId: request.keyId, producer: request.producer }),
        ...(reply.raw.writableFinished ? {} : { cut: true }),
      }
      log[levelOf(status, route)](facts, 'request answered')
    })
  }
}

const levelOf = (status: number, route: string | undefined): 'warn' | 'info' | 'debug' => {
  if (status >= 500) return 'warn'
  return status < 400 && (route === '/healthz' || route === '/readyz') ? 'debug' : 'info'
}
