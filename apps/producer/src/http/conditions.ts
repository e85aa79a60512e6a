import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Problem } from './problem.ts'

/*
 * Conditional requests (RFC 9110, section 13). A tag of ours has two parts, `W/"<settings>.<whole>"`: what callers can set, and
 * all that is shown. `If-None-Match` compares the whole of it, so that a reader hears of every change; `If-Match` compares what
 * was set, so that whoever changes it is not turned away because work went on. Tags are weak, since answers may be compressed on
 * their way, and compared as such: a proxy that has made one weak does no harm.
 */

/** For the headers of a route that answers 304. */
export const ReadConditions = z.looseObject({
  'if-none-match': z
    .string()
    .max(4_000)
    .optional()
    .describe(
      'Tags of earlier answers (`ETag`), or `*`: answers 304 without a body where one of them still fits',
    ),
})

/** For the headers of a route that changes something only if it is as the caller knows it. */
export const ChangeConditions = z.looseObject({
  'if-match': z
    .string()
    .max(4_000)
    .optional()
    .describe(
      'The `ETag` of an earlier answer, or `*`: nothing is changed (412) where it has been set otherwise since, or is not there. That work goes on in it does not matter',
    ),
  'if-none-match': z
    .literal('*', { error: 'must be *' })
    .optional()
    .describe('`*`: nothing is changed (412) where it is there already'),
})

/** What the document says of the answers that `sendTagged` gives. */
export const withTag = {
  200: { headers: ['ETag', 'Cache-Control'] },
  304: { description: 'It is what the caller has', headers: ['ETag', 'Cache-Control'] },
} as const

/** A tag of what is shown; `settings` is what of it callers can set, all of it if left out. */
export const tagOf = (shown: unknown, settings: unknown = shown): string =>
  `W/"${digest(settings)}.${digest(shown)}"`

const digest = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('base64url')
    .slice(0, 16)

/** The tags that a header lists, without `W/`; undefined for `*`. */
function tagsIn(header: string): string[] | undefined {
  if (header.trim() === '*') return undefined
  return [...header.matchAll(/(?:W\/)?"([^"]*)"/g)].map(([, tag = '']) => tag)
}

const bare = (tag: string): string => tag.replace(/^W\//, '').slice(1, -1)

/** Whether `If-None-Match` names the tag of what is there. */
export function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const tags = tagsIn(header)
  return tags === undefined || tags.includes(bare(tag))
}

/**
 * Sends what is shown with its tag, or 304 without it where the caller has it. Only for GET and HEAD. `settings` as in `tagOf`;
 * `tagged` is what the tag stands for, where a part of what is shown may change by itself.
 */
export function sendTagged<Shown>(
  { headers }: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  shown: Shown,
  { settings, tagged = shown }: { settings?: unknown; tagged?: unknown } = {},
): Shown | FastifyReply {
  const tag = tagOf(tagged, settings)
  void reply.header('etag', tag).header('cache-control', 'private, no-cache')
  return isKnown(headers['if-none-match'], tag) ? reply.code(304).send() : shown
}

/**
 * A look at what is about to be changed, right before it is: throws a `Problem` (precondition-failed) where it is not what the
 * request knows. `settings`: what callers have set, as in `tagOf`; undefined where there is nothing.
 */
export function conditionOf({ headers }: Pick<FastifyRequest, 'headers'>): (settings: unknown) => void {
  const match = headers['if-match']
  const noneMatch = headers['if-none-match']
  const tags = match === undefined ? undefined : tagsIn(match)
  return (settings) => {
    if (noneMatch === '*' && settings !== undefined)
      throw new Problem('precondition-failed', 'It is there already (If-None-Match: *). Nothing was changed.')
    if (match === undefined) return
    if (settings === undefined)
      throw new Problem('precondition-failed', 'It is not there any more (If-Match). Nothing was changed.')
    if (tags !== undefined && !tags.some((tag) => tag.split('.', 1)[0] === digest(settings)))
      throw new Problem(
        'precondition-failed',
        'It was set otherwise meanwhile (If-Match). Nothing was changed: read it again, and decide anew.',
      )
  }
}
