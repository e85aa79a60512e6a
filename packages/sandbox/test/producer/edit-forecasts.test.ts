import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { lane } from '../ledger/ledger-world.ts'
import { type Judging, openJudging } from './judging.ts'
import { openCaller, rowsFrom } from './open-batches.ts'
import { fine } from './open-producer.ts'

type Told = {
  state: string
  place?: { ahead: number; inBatch?: number }
  forecast?: { kind: string; end: { from: string; to: string }; reason?: string }
}

let judging: Judging
beforeAll(async () => {
  judging = await openJudging()
  const { ledger, world } = judging
  const card = {
    id: 'one',
    name: 'one',
    model: lane.model,
    region: 'beijing',
    running: 5,
    submitPerSecond: 5,
  }
  await ledger.lanes.announce(card)
  await world.redis.lpush(
    ledgerKeys(world.prefix).slotTimes('one'),
    ...Array.from({ length: 100 }, (_, i) => `${50_000 + i * 200} 1 0 ${Date.now()}`),
  )
})
afterAll(() => judging.world.stop())

/** What is counted may be some seconds old. */
async function told(
  headers: Record<string, string>,
  id: string,
  isSo: (told: Told) => boolean = () => true,
): Promise<Told> {
  let answer: Told = { state: '' }
  await judging.world.until(async () => {
    const got = await judging.world.producer.app.inject({ url: `/v1/edits/${id}/forecast`, headers })
    answer = got.json<Told>()
    return isSo(answer)
  }, 15_000)
  return answer
}
const minutes = (text = '') => (Date.parse(text) - Date.now()) / 60_000

describe('the forecast of one edit', () => {
  it('says how many rows go before it, and when it is done itself', async () => {
    const caller = await openCaller(judging.world, 'rows')
    const batch = await caller.opened()
    await caller.put(batch, 1, rowsFrom(1, 500))
    const isCounted = (row: number) => (each: Told) => each.place?.ahead === row
    const first = await told(caller.headers, `${batch}-0`, isCounted(0))
    expect(first).toMatchObject({
      state: 'queued',
      place: { ahead: 0, inBatch: 0 },
      forecast: { kind: 'range' },
    })
    expect(minutes(first.forecast?.end.to)).toBeLessThan(3)
    const last = await told(caller.headers, `${batch}-499`, isCounted(499))
    expect(last.place).toEqual({ ahead: 499, inBatch: 499 })
    expect(minutes(last.forecast?.end.from)).toBeGreaterThan(80)
    expect(minutes(last.forecast?.end.to)).toBeLessThan(130)
    const middle = await told(caller.headers, `${batch}-249`, isCounted(249))
    expect(minutes(middle.forecast?.end.to)).toBeLessThan(minutes(last.forecast?.end.from))
    await caller.cancel(batch)
  })

  it('says why nobody knows while its batch is paused, and where it is in line all the same', async () => {
    const caller = await openCaller(judging.world, 'paused')
    const batch = await caller.opened()
    await caller.put(batch, 1, rowsFrom(1, 3))
    await judging.world.producer.app.inject({
      method: 'POST',
      url: `/v1/batches/${batch}/pause`,
      headers: caller.headers,
    })
    expect(await told(caller.headers, `${batch}-2`)).toMatchObject({
      place: { inBatch: 2 },
      forecast: { kind: 'unknown', reason: 'batch-paused' },
    })
    await caller.cancel(batch)
  })

  it('is of an edit that came alone as if it were the last of them, and ends with it', async () => {
    const { send, ana, end } = judging
    const first = String((await send('POST', '/v1/edits', fine)).body['id'])
    await send('POST', '/v1/edits', { ...fine, prompt: 'another' })
    const waits = await told(ana, first, ({ place }) => place?.ahead === 1)
    expect(waits).toMatchObject({ state: 'queued', place: { ahead: 1 }, forecast: { kind: 'range' } })
    expect(waits.place).not.toHaveProperty('inBatch')
    await end('+')
    await end('+')
    expect(await told(ana, first)).toEqual({ state: 'succeeded' })
  })

  it('counts for one that runs how long it has run already', async () => {
    const { ledger, room, send, ana } = judging
    const id = String((await send('POST', '/v1/edits', fine)).body['id'])
    const next = await ledger.admit(room)
    if (next.kind !== 'admitted') throw new Error(next.kind)
    const began = Date.now() - 40_000
    await ledger.move(next.edit, { to: 'running', set: { taskId: 'task-runs', submittedAt: began } })
    const runs = await told(ana, id)
    expect(runs).toMatchObject({ state: 'running', forecast: { kind: 'range' } })
    expect(runs).not.toHaveProperty('place')
    expect(minutes(runs.forecast?.end.to)).toBeLessThan(0.8)
  })
})
