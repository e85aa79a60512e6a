import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Problem } from './problem.ts'

/*
 * Pages of lists. Every list has the same kind of cursor: a text without meaning to callers, which names the last item of the
 * page before, and which list it belongs to. Items that come meanwhile shift none of the others.
 */

const none = 'must be the nextCursor of an earlier answer'

const Cursor = z
  .string()
  .max(400, { error: none })
  .regex(/^[\w-]+$/, { error: none })
  .optional()
  .describe('`nextCursor` of the page before; the other parameters stay the same')

const Limit = z.coerce.number().int().min(1).max(500)

/** How many items a page has where nobody says it. */
export const usualLimit = 100

/** What a list takes that is answered in pages. */
export const paging = { cursor: Cursor, limit: Limit.default(usualLimit) }

/** The same of a list that is answered as a whole too, where it is seen whether a page was asked for. */
export const pagingOrWhole = { cursor: Cursor, limit: Limit.optional().meta({ default: usualLimit }) }

/** Where a page says that it is not the last one. */
export const NextCursor = z
  .string()
  .optional()
  .describe('Where to go on: the `cursor` of the next page. Absent on the last one')
  .meta({ examples: ['MjIxcHhtc2o0NGUxIDE3NzI0ODk2MDAwMDAgYmF0Y2hfN2gzZDVm'] })

/** What the document says of the answers of a list. */
export const withLink = { 200: { headers: ['Link'] } } as const

/** How the places of a list are written into its cursors; `read` gives undefined for a text that is none. */
export type Places<Place> = { read: (text: string) => Place | undefined; write: (place: Place) => string }

type Asked = Pick<FastifyRequest, 'params' | 'query'> & { routeOptions: { url?: string | undefined } }

/** `after`: where the page begins; absent for the first. `goOn` says in the header `Link` and in the answer where the next one does. */
type Page<Place> = { after: Place | undefined; goOn: (next: Place | undefined) => { nextCursor?: string } }

/** Reads where a page of a list begins. Throws a `Problem` (invalid-parameter) for a cursor of another list or filter. */
export function openPage<Place>(asked: Asked, reply: FastifyReply, places: Places<Place>): Page<Place> {
  const { cursor, ...query } = asked.query as { cursor?: string } & Record<string, unknown>
  const list = listOf(asked, query)
  const after = cursor === undefined ? undefined : read(cursor, list, places)
  return {
    after,
    goOn: (next) => {
      const nextCursor =
        next === undefined ? undefined : Buffer.from(`${list} ${places.write(next)}`).toString('base64url')
      const links = [...(nextCursor === undefined ? [] : [['next', nextCursor] as const]), ['first'] as const]
      void reply.header('link', links.map(([name, at]) => linkTo(name, query, at)).join(', '))
      return nextCursor === undefined ? {} : { nextCursor }
    },
  }
}

/** What changes the size or the form of a page, and not what is in the list. */
const ofThePage = new Set(['limit', 'links'])

/** Stands for a list and its filter. */
function listOf({ params, routeOptions }: Asked, query: Readonly<Record<string, unknown>>): string {
  const filter = Object.entries(query)
    .filter(([name, value]) => value !== undefined && !ofThePage.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const whole = JSON.stringify([routeOptions.url, params, filter])
  return createHash('sha256').update(whole).digest('base64url').slice(0, 12)
}

function read<Place>(cursor: string, list: string, places: Places<Place>): Place {
  const text = Buffer.from(cursor, 'base64url').toString()
  const space = text.indexOf(' ')
  const place = places.read(text.slice(space + 1))
  if (space === list.length && text.slice(0, space) !== list)
    throw refused(
      'cursor is of another list or of another filter: send it with the parameters of the page before, or leave it out to begin again',
    )
  if (space !== list.length || place === undefined) throw refused(`cursor ${none}`)
  return place
}

const refused = (detail: string): Problem =>
  Problem.ofFaults('invalid-parameter', [{ parameter: 'cursor', detail }])

/** An address (RFC 8288) relative to that of the request, so that it is right behind every proxy. */
export function linkTo(
  name: 'next' | 'first',
  query: Readonly<Record<string, unknown>>,
  cursor?: string,
): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (typeof value === 'string' || typeof value === 'number') parameters.append(key, String(value))
  if (cursor !== undefined) parameters.append('cursor', cursor)
  return `<?${parameters.toString()}>; rel="${name}"`
}

/** Places of a list that is counted: the number of the item with which the next page begins. */
export const counted: Places<number> = {
  read: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
  write: String,
}

/** Places that are texts by themselves, of this form. */
export const textual = (form: RegExp): Places<string> => ({
  read: (text) => (form.test(text) ? text : undefined),
  write: (place) => place,
})
