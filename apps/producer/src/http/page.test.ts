import type { FastifyReply } from 'fastify'
import { counted, openPage, textual } from './page.ts'

/** Asks for a page of a list; gives where it begins, and the cursor and the links of the next one. */
function ask(url: string, params: object, query: object, next?: number) {
  const headers: Record<string, unknown> = {}
  const reply = { header: (name: string, value: unknown) => Object.assign(headers, { [name]: value }) }
  const page = openPage({ params, query, routeOptions: { url } }, reply as unknown as FastifyReply, counted)
  const { nextCursor } = page.goOn(next)
  return { after: page.after, nextCursor, link: headers['link'] }
}

const list = ['/v1/batches/:id/edits', { id: 'batch_a' }] as const

describe('a page', () => {
  it('leads to the next one and to the first, with the same parameters', () => {
    const first = ask(...list, { limit: 7, state: 'failed' }, 7)
    expect(first.after).toBeUndefined()
    expect(first.link).toBe(
      `<?limit=7&state=failed&cursor=${first.nextCursor}>; rel="next", <?limit=7&state=failed>; rel="first"`,
    )
    const second = ask(...list, { limit: 7, state: 'failed', cursor: first.nextCursor })
    expect(second).toEqual({ after: 7, nextCursor: undefined, link: '<?limit=7&state=failed>; rel="first"' })
  })

  it('may be of another size than the one before', () => {
    const { nextCursor: cursor } = ask(...list, { limit: 7 }, 7)
    expect(ask(...list, { limit: 9, cursor }).after).toBe(7)
  })

  it.each<[string, string, object, object]>([
    ['another list', '/v1/batches/:id/results', { id: 'batch_a' }, { state: 'failed' }],
    ['another batch', '/v1/batches/:id/edits', { id: 'batch_b' }, { state: 'failed' }],
    ['another filter', '/v1/batches/:id/edits', { id: 'batch_a' }, { state: 'queued' }],
    ['no filter', '/v1/batches/:id/edits', { id: 'batch_a' }, {}],
  ])('does not take the cursor of %s', (_, url, params, query) => {
    const { nextCursor: cursor } = ask(...list, { state: 'failed' }, 7)
    expect(() => ask(url, params, { ...query, cursor })).toThrow(
      /^cursor is of another list or of another filter/,
    )
  })

  it.each(['x', 'AAAA', Buffer.from('00000000000 7').toString('base64url')])(
    'does not take the cursor %s, which nobody gave out',
    (cursor) => {
      expect(() => ask(...list, { cursor })).toThrow('cursor must be the nextCursor of an earlier answer')
    },
  )

  it('does not take a place that is none of its list', () => {
    const { nextCursor = '' } = ask(...list, {}, 7)
    const forged = Buffer.from(Buffer.from(nextCursor, 'base64url').toString().replace(' 7', ' -7'))
    expect(() => ask(...list, { cursor: forged.toString('base64url') })).toThrow('cursor must be')
    expect(textual(/^\d+$/).read('7 ')).toBeUndefined()
  })
})
