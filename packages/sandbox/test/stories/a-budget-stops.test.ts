import { BatchView } from '@restyle/shared/contract/batch'
import { changeProducer } from '@restyle/shared/receipt/producer-settings'
import { z } from 'zod'
import { openStory, type Story, until } from './story.ts'

const price = 200_000
const cny = (micros: number) => ({ currency: 'CNY' as const, micros })

const Usage = z.object({
  rows: z.array(z.object({ name: z.string(), micros: z.number(), images: z.number() })),
  totals: z.array(z.object({ currency: z.string(), micros: z.number(), reservedMicros: z.number() })),
})

describe('a catalog with a budget', () => {
  let story: Story
  beforeAll(async () => {
    story = await openStory()
  })
  afterAll(() => story.stop())

  const send = async (rows: number, more: object): Promise<string> => {
    const images = [await story.picture()]
    const edits = Array.from({ length: rows }, (_, i) => ({ prompt: `row ${i}`, size: '768*768', images }))
    const { status, body } = await story.call('POST', '/v1/batches', { edits, ...more })
    expect(status).toBe(202)
    return BatchView.parse(body).id
  }
  const read = async (id: string): Promise<BatchView> =>
    BatchView.parse((await story.call('GET', `/v1/batches/${id}`)).body)
  const rested = (id: string, succeeded: number) =>
    until(
      async () => {
        const batch = await read(id)
        return batch.counts.succeeded === succeeded && batch.stops !== undefined && batch
      },
      30_000,
      () => read(id),
    )
  const usage = async (by: string) => Usage.parse((await story.call('GET', `/v1/usage?by=${by}`)).body)
  const posts = () => story.world.dashscope.posts.length
  /** How long (ms) after this an edit is submitted. The machine may be busy with something else: the better of two counts. */
  async function untilPosted(raise: () => Promise<unknown>): Promise<number> {
    const [before, began] = [posts(), performance.now()]
    await raise()
    await until(() => posts() > before)
    return performance.now() - began
  }

  it('stops where the next edit does not fit, and goes on within a second when the budget is raised', async () => {
    const id = await send(6, { budget: cny(2 * price) })
    const batch = await rested(id, 2)
    expect(batch).toMatchObject({ counts: { queued: 4, failed: 0 }, budget: { freeMicros: 0 } })
    expect(batch.stops?.map(({ reason }) => reason)).toEqual(['budget'])
    const raise = async (edits: number) => {
      const ms = await untilPosted(() =>
        story.call('PATCH', `/v1/batches/${id}`, { budget: cny(edits * price) }),
      )
      await rested(id, edits)
      return ms
    }
    expect(Math.min(await raise(3), await raise(5))).toBeLessThan(1_000)
    await story.call('PATCH', `/v1/batches/${id}`, { budget: null })
    await until(async () => (await read(id)).completedAt !== undefined)
    const told = (await story.told()).filter(({ subject }) => subject === id)
    expect(told.map(({ type }) => type.slice('restyle.batch.'.length))).toEqual([
      'paused',
      'resumed',
      'paused',
      'resumed',
      'paused',
      'resumed',
      'completed',
    ])
    expect((await usage('batch')).rows).toContainEqual({ name: id, micros: 6 * price, images: 6 })
  })

  it('stops with its producer where that has a cap for the day, and goes on when it is raised', async () => {
    const { world } = story
    const capAt = (micros: number) =>
      changeProducer('local', { caps: [{ per: 'day', ...cny(micros) }] }, world, Date.now())
    const spent = world.dashscope.bill.micros
    await capAt(spent + 2 * price)
    const id = await send(4, {})
    await until(async () => (await read(id)).counts.succeeded === 2)
    expect((await story.call('GET', '/v1/producer')).body).toMatchObject({
      stops: [{ reason: 'day', until: expect.any(String) }],
      caps: [{ per: 'day', freeMicros: 0, reservedMicros: 0 }],
    })
    const first = await untilPosted(() => capAt(spent + 3 * price))
    await until(async () => (await read(id)).counts.succeeded === 3)
    expect(Math.min(first, await untilPosted(() => capAt(spent + 9 * price)))).toBeLessThan(1_000)
    await until(async () => (await read(id)).completedAt !== undefined)
  })

  it('has cost what the vendor bills', async () => {
    const { totals } = await usage('day')
    expect(totals).toEqual(
      [cny(story.world.dashscope.bill.micros)].map((sum) => ({ ...sum, reservedMicros: 0 })),
    )
  })
})
