import { openStory, type Story, until } from './story.ts'

const running = async ({ world }: Story, ids: string[]) =>
  (await world.ledger.readMany(ids)).every((edit) => edit?.state === 'running')

describe('while Redis is full', () => {
  it('what runs ends, and nothing new is taken or submitted', async () => {
    const story = await openStory({ dashscope: { durations: { medianMs: 800_000, sigma: 0.1 } } })
    const { redis, dashscope } = story.world
    const said = (text: string) => story.lines.filter(({ msg }) => msg === text)
    try {
      const ids = await story.enqueueMany(3)
      await until(() => running(story, ids))
      await redis.config('SET', 'maxmemory', '1')
      // what Redis says of its memory is believed for a second
      await until(async () => {
        await story.call('GET', '/readyz')
        return said('redis is nearly full: nothing new is accepted').length > 0
      })
      await expect(story.enqueue()).rejects.toThrow(/^503: .*nearly full/)
      const ends = await story.ended(ids)
      expect(ends.map(({ type }) => type)).toEqual(ids.map(() => 'restyle.edit.succeeded'))
      expect(dashscope.bill.images).toBe(3)
      expect(said('redis is nearly full: nothing new is accepted')).toHaveLength(1)

      await redis.config('SET', 'maxmemory', '0')
      await until(() => story.enqueue().catch(() => undefined))
    } finally {
      await redis.config('SET', 'maxmemory', '0')
      await story.stop()
    }
  })

  it('the last tenth is kept for what runs: an edit is refused before anything is promised', async () => {
    const story = await openStory({ workers: 0 })
    const { redis, s3 } = story.world
    const promises = () => s3.objects('restyle').filter(({ key }) => key.startsWith('receipts/')).length
    try {
      const image = await story.picture()
      const [, used = ''] = /used_memory:(\d+)/.exec(await redis.info('memory')) ?? []
      await redis.config('SET', 'maxmemory', String(Math.round(Number(used) / 0.92)))
      const refused = await story.call('POST', '/v1/edits', { prompt: 'blue', images: [image] })
      expect(refused).toMatchObject({
        status: 503,
        body: { detail: expect.stringMatching(/nearly full/) as string },
      })
      expect(refused.headers.get('retry-after')).toBe('60')
      const rows = { edits: [{ prompt: 'blue', images: [image] }] }
      expect(await story.call('POST', '/v1/batches', rows)).toMatchObject({ status: 503 })
      expect(promises()).toBe(0)
      expect(await story.call('GET', '/readyz')).toMatchObject({ status: 503 })
    } finally {
      await redis.config('SET', 'maxmemory', '0')
      await story.stop()
    }
  })
})
