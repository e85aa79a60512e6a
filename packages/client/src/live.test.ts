import { refuse, startScriptedProducer } from '../test/scripted-producer.ts'
import { withChanges } from './live.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const map = {
  version: 5,
  rows: 2,
  state: bytes('qq'),
  verdict: bytes('..'),
  code: new Uint8Array(2),
  redo: new Uint8Array(2),
}

describe('a map with changes', () => {
  it('has their bytes, and the rows that have come', () => {
    const after = withChanges(map, {
      type: 'map',
      batch: 'b',
      version: 7,
      rows: 4,
      changes: [
        [2, 0, 45],
        [2, 2, 1],
        [4, 0, 113],
        [1, 9, 1],
      ],
    })
    expect(new TextDecoder().decode(after.state)).toBe('q-.q')
    expect(new TextDecoder().decode(after.verdict)).toBe('....')
    expect([...after.code]).toEqual([0, 1, 0, 0])
    expect([after.version, after.rows]).toEqual([7, 4])
  })

  it('stays as it is where it has them already', () => {
    const old = { type: 'map', batch: 'b', version: 5, rows: 2, changes: [[1, 0, 45]] } as const
    expect(withChanges(map, { ...old, changes: [[1, 0, 45]] })).toBe(map)
  })
})

describe('what changes in several batches', () => {
  let producer: Awaited<ReturnType<typeof startScriptedProducer>>
  beforeEach(async () => {
    producer = await startScriptedProducer()
  })
  afterEach(() => producer.stop())
  const frame = (event: string, data: object) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

  it('goes on after each break where each of them was', async () => {
    producer.scripted.answer = (_seen, response) => {
      const { length } = producer.seen
      if (length === 2) return refuse(response, 404, 'not-found')
      const said = [
        frame('map-reset', { batch: 'b', version: 7 }),
        frame('map', { batch: 'a', version: 6, rows: 1, changes: [[1, 0, 43]] }),
        frame('gone', { batch: 'c' }),
        frame('of-later-versions', {}),
      ]
      response.end(said.join(''))
      return null
    }
    const types: string[] = []
    const following = async () => {
      const asked = { batch: ['a', 'b', 'c'], newest: true, after: { a: 5, other: 1 } }
      for await (const { type } of producer.client().live(asked)) types.push(type)
    }
    await expect(following()).rejects.toMatchObject({ code: 'not-found' })
    expect(types).toEqual(['map-reset', 'map', 'gone'])
    const asked = producer.seen.map(({ call }) => new URL(call.slice(4), 'http://x').searchParams)
    expect(asked.map((each) => [each.get('batch'), each.get('newest')])).toEqual([
      ['a:5,b,c', 'true'],
      ['a:6,b:7,c', 'true'],
    ])
  })

  it('is what changes in one from a version on, or in none but the newest', async () => {
    producer.scripted.answer = (_seen, response) => refuse(response, 404, 'not-found')
    for (const asked of [{ batch: 'a', after: 5 }, { batch: 'a' }, {}])
      await expect(producer.client().live(asked).next()).rejects.toMatchObject({ code: 'not-found' })
    expect(producer.seen.map(({ call }) => decodeURIComponent(call.slice(4)))).toEqual([
      '/v1/live?batch=a:5',
      '/v1/live?batch=a',
      '/v1/live',
    ])
  })
})
