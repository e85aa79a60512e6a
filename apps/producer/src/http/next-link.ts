import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Says in a header (RFC 8288) where the next page is. The address is relative to that of the request, so that it is right
 * behind every proxy.
 */
export function linkNext(
  { query }: Pick<FastifyRequest, 'query'>,
  reply: FastifyReply,
  nextCursor: string | undefined,
): void {
  if (nextCursor === undefined) return
  const next = new URLSearchParams()
  for (const [name, value] of Object.entries(query as Record<string, unknown>))
    if (name !== 'cursor' && (typeof value === 'string' || typeof value === 'number'))
      next.append(name, String(value))
  next.append('cursor', nextCursor)
  void reply.header('link', `<?${next.toString()}>; rel="next"`)
}
