import { takesOneOf } from './acceptable.ts'

const json = ['application/json']
const pictures = ['image/png', 'image/webp']

describe('an Accept', () => {
  it.each([
    ['', json],
    ['*/*', json],
    ['application/json', json],
    ['APPLICATION/JSON; charset=utf-8', json],
    ['text/html, application/*;q=0.8', json],
    // what browsers, axios and old Java send
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8', json],
    ['application/json, text/plain, */*', json],
    ['text/html, image/gif, *; q=.2', json],
    ['image/webp', pictures],
    ['image/*', pictures],
    ['image/png;q=0, image/*', pictures],
    ['text/event-stream', ['application/json', 'text/event-stream']],
  ])('%s takes %j', (accept, types) => expect(takesOneOf(accept, types)).toBe(true))

  it.each([
    ['text/html', json],
    ['application/xml, text/*;q=0.5', json],
    ['application/json;q=0', json],
    ['application/json;q=0.000, */*', json],
    ['*/*;q=0', json],
    ['json', json],
    ['image/gif', pictures],
  ])('%s does not take %j', (accept, types) => expect(takesOneOf(accept, types)).toBe(false))

  it('of any length is read in no time', () => {
    const began = performance.now()
    expect(takesOneOf('a/b;q=0,'.repeat(20_000), pictures)).toBe(false)
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})
