import { endEdit } from '@restyle/shared/end-edit'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { keysLike } from '@restyle/shared/redis/redis-client'
import { fine, openProducer, type World } from './open-producer.ts'

const most = 64_000
const model = 'wan2.7-image'
const entries = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, value]))
const long = (character: string, length: number) => `https://cdn.example.com/${character.repeat(length)}`

/** Whatever one edit may try to fill Redis with. */
const corpus: Record<string, object> = {
  '20,000 entries of metadata': { ...fine, metadata: entries(20_000, '') },
  'as much metadata as it may have': { ...fine, metadata: entries(32, 'x'.repeat(505)) },
  'metadata of quotes': { ...fine, metadata: entries(32, '"'.repeat(505)) },
  'metadata of slashes': { ...fine, metadata: entries(32, '/'.repeat(505)) },
  'metadata of line breaks': { ...fine, metadata: entries(32, '\n'.repeat(505)) },
  'a prompt of three bytes a character': { ...fine, model, prompt: '灯'.repeat(5_000) },
  'a prompt of surrogate pairs': { ...fine, model, prompt: '🏮'.repeat(5_000) },
  'a prompt of backslashes': { ...fine, model, prompt: '\\'.repeat(5_000) },
  'nine long addresses': { ...fine, model, images: Array.from({ length: 9 }, () => long('a', 4_000)) },
  'nine long addresses in Chinese': {
    ...fine,
    model,
    images: Array.from({ length: 9 }, () => long('灯', 4_000)),
  },
  'nine addresses of slashes': { ...fine, model, images: Array.from({ length: 9 }, () => long('a/', 2_000)) },
  'two addresses and all metadata': {
    ...fine,
    images: [long('a', 4_000), long('b', 4_000)],
    metadata: entries(30, 'x'.repeat(505)),
    key: '灯'.repeat(200),
  },
}

describe('one edit', () => {
  let world: World
  let headers: { authorization: string }
  beforeAll(async () => {
    world = await openProducer()
    headers = await world.keyOf('catalog')
    // what comes with the first edit is not its own
    await post(fine)
  })
  afterAll(() => world.stop())

  const post = (payload: object) =>
    world.producer.app.inject({ method: 'POST', url: '/v1/edits', headers, payload })
  const bytes = async () => {
    let sum = 0
    for await (const key of keysLike(world.redis, '*'))
      sum += Number(await world.redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '0'))
    return sum
  }

  /** Ends the edit, so that its event is there too. */
  async function fail(id: string): Promise<void> {
    const ledger = openLedger(world.redis, world.prefix)
    const stored = await ledger.read(id)
    if (stored === undefined) throw new Error('the edit is gone')
    const failure = { code: 'Unknown', message: 'x' }
    await endEdit(
      stored,
      { state: 'failed', failure },
      { ledger, store: world.store, log: createLog('silent') },
    )
  }

  it.each(Object.entries(corpus))(
    'adds less than 64 KB to Redis, its event included, or is refused, with %s',
    async (_, edit) => {
      const before = await bytes()
      const answer = await post(edit)
      expect(answer.statusCode === 202 ? 'taken' : answer.json().detail).toMatch(
        /^(taken$|metadata has 20000 entries|metadata has \d+ bytes|the edit takes \d+ bytes in all)/,
      )
      if (answer.statusCode === 202) await fail(answer.json().id)
      expect((await bytes()) - before).toBeLessThan(most)
    },
  )

  it('with nine signed addresses, a prompt and metadata of the usual sizes is taken', async () => {
    const images = Array.from({ length: 9 }, (_, i) => long(`${i}`, 1_200))
    const edit = {
      ...fine,
      model,
      images,
      prompt: '灯'.repeat(1_000),
      metadata: entries(10, 'x'.repeat(100)),
    }
    expect((await post(edit)).statusCode).toBe(202)
  })
})
