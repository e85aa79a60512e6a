import type { FastifyReply } from 'fastify'

/** Adds headers of requests that the answer depends on to its `Vary`. */
export function vary(reply: FastifyReply, ...headers: readonly string[]): void {
  void reply.header('vary', [reply.getHeader('vary') ?? [], ...headers].flat().join(', '))
}

/** A browser that keeps the answer asks again once somebody else has signed in: what is kept opens for nobody else. */
export const varyByWhoAsks = (reply: FastifyReply): void => vary(reply, 'cookie', 'authorization')
