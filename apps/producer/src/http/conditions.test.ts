import type { FastifyReply } from 'fastify'
import { conditionOf, isKnown, sendTagged, tagOf } from './conditions.ts'

/** What a caller gets who sends these headers and is shown this. */
function read(headers: Record<string, string>, shown: object, more: object = {}) {
  const answer: { status: number; headers: Record<string, unknown> } = { status: 200, headers: {} }
  const reply = {
    header: (name: string, value: unknown) => (Object.assign(answer.headers, { [name]: value }), reply),
    code: (status: number) => (Object.assign(answer, { status }), reply),
    send: () => reply,
  }
  sendTagged({ headers }, reply as unknown as FastifyReply, shown, more)
  return answer
}

describe('If-None-Match', () => {
  const tag = tagOf({ a: 1 })

  it.each([tag, tag.slice(2), `"x", ${tag}`, `W/"x",${tag.slice(2)}`, '*'])(
    '%s names what is there',
    (header) => {
      expect(isKnown(header, tag)).toBe(true)
      expect(read({ 'if-none-match': header }, { a: 1 }).status).toBe(304)
    },
  )

  it.each([undefined, '', '"x"', tagOf({ a: 2 }), tag.slice(3, -1), `${tag.slice(0, -2)}"`])(
    '%s does not',
    (header) => {
      expect(isKnown(header, tag)).toBe(false)
    },
  )

  it('compares all that is shown, and not what was set alone', () => {
    const settings = { spec: 1 }
    const etag = String(read({}, { settings, ticks: 1 }, { settings }).headers['etag'])
    expect(read({ 'if-none-match': etag }, { settings, ticks: 1 }, { settings }).status).toBe(304)
    expect(read({ 'if-none-match': etag }, { settings, ticks: 2 }, { settings }).status).toBe(200)
  })
})

describe('If-Match', () => {
  const settings = { spec: 1 }
  const etag = tagOf({ settings, ticks: 1 }, settings)
  const check = (headers: Record<string, string>, now: object | undefined) => () =>
    conditionOf({ headers })(now)

  it('lets a change through while nobody has set it otherwise, whatever goes on in it', () => {
    expect(check({ 'if-match': etag }, settings)).not.toThrow()
    expect(check({ 'if-match': `"x.y", ${etag.slice(2)}` }, settings)).not.toThrow()
    expect(check({ 'if-match': '*' }, settings)).not.toThrow()
    expect(check({}, settings)).not.toThrow()
  })

  it('lets none through that knows something else', () => {
    expect(check({ 'if-match': etag }, { spec: 2 })).toThrow(/^It was set otherwise meanwhile/)
    expect(check({ 'if-match': '"x.y"' }, settings)).toThrow(/^It was set otherwise meanwhile/)
    expect(check({ 'if-match': etag }, undefined)).toThrow(/^It is not there any more/)
    expect(check({ 'if-match': '*' }, undefined)).toThrow(/^It is not there any more/)
  })

  it('with If-None-Match: * only something new is made', () => {
    expect(check({ 'if-none-match': '*' }, undefined)).not.toThrow()
    expect(check({ 'if-none-match': '*' }, settings)).toThrow(/^It is there already/)
  })
})
