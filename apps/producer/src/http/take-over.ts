import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/**
 * The response itself, for an answer that goes on for long. The framework would forget what its hooks have set for it: the
 * request id, what a browser needs to read the answer, the rate.
 */
export function takeOver(reply: FastifyReply): ServerResponse {
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value)
  reply.hijack()
  return reply.raw
}

/** Answers a HEAD of what would go on for long: its length is not known. */
export const headersOnly = (reply: FastifyReply, type: string): FastifyReply =>
  reply.type(type).send(Readable.from([]))
