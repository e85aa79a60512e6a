import type { DashScope } from '@restyle/dashscope/client'
import type { ClockOffset } from '@restyle/dashscope/vendor-clock'
import type { Edit } from '@restyle/shared/contract/edit'
import { writeIntent } from '@restyle/shared/receipt/receipt'
import { laneReaching } from '@restyle/worker/lane/lane-reaching'
import { reconcile } from '@restyle/worker/reconcile/reconcile'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, openHands, place, world } from './open-hands.ts'

const minute = 60_000
const hour = 60 * minute

let server: RedisServer
let redis: Redis
let hands: Hands
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openHands(redis, `{clocks${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

/** An uncertain edit whose lease ended `agoMs` ago, with its receipt. */
async function uncertain(agoMs = 2 * minute): Promise<Edit> {
  await hands.standing('e', 'uncertain')
  const leaseUntil = (await hands.ledger.now()) - agoMs
  const fresh = { looks: undefined, returned: undefined, said: undefined, world }
  const edit = await hands.rewrite('e', { ...fresh, intentAt: leaseUntil - 9_000, leaseUntil })
  await writeIntent(hands.store, edit, 'somebody')
  return edit
}

/** A vendor that lists a lost task if its moment, on the vendor's clock, is asked for. `clock`: after so many answers. */
function vendor(madeAt: number, clock: (answers: number) => ClockOffset | undefined) {
  const asked: { from: number; to: number }[] = []
  const client: Partial<DashScope> = {
    clock: () => clock(asked.length),
    list: async ({ from, to }) => {
      asked.push({ from, to })
      const item = {
        taskId: 'lost',
        state: 'succeeded',
        rawStatus: '',
        model: '',
        createdAt: madeAt,
      } as const
      const items = from <= madeAt && madeAt <= to ? [item] : []
      return { kind: 'page', items, total: items.length, totalPages: 1, page: 1 }
    },
    task: async (taskId) => {
      const images = [{ url: 'https://vendor.test/i.png', expiresAt: undefined, origPrompt: 'make it blue' }]
      const task = { taskId, state: 'succeeded' as const, rawStatus: '', images, failures: [], billed: 1 }
      return { kind: 'task', task }
    },
  }
  return { asked, client }
}

const lookUp = (edit: Edit, client: Partial<DashScope>, ledger = hands.ledger) =>
  reconcile(edit, {
    ...hands.context,
    ledger,
    laneOf: (each) => laneReaching([hands.lane(client)], each),
    settleMs: minute,
    skewMs: 2 * minute,
    onUnknown: 'hold',
    place,
  })

describe('a lost submit whose worker has never heard the vendor’s clock', () => {
  it.each([10, -10])('has its task found though that clock is %i minutes ahead', async (ahead) => {
    const edit = await uncertain()
    const offset = ahead * minute
    const told = { least: Math.min(0, offset - 500), most: Math.max(0, offset + 500), few: true } as const
    const { asked, client } = vendor((edit.intentAt ?? 0) + 100 + offset, (answers) =>
      answers === 0 ? undefined : told,
    )
    const { edit: after } = await lookUp(edit, client)
    expect(after).toMatchObject({ state: 'running', taskId: 'lost' })
    expect(asked).toHaveLength(2)
  })

  it('is looked up by one reading of the list where the clocks agree', async () => {
    const edit = await uncertain()
    const { asked, client } = vendor(0, (answers) =>
      answers === 0 ? undefined : { least: -500, most: 500, few: true },
    )
    expect((await lookUp(edit, client)).edit.state).toBe('queued')
    expect(asked).toHaveLength(1)
  })
})

describe('a worker that sleeps between its look at the clock of Redis and its look at the list', () => {
  it('asks for the moments in which the POST may have been sent, and not for later ones', async () => {
    const edit = await uncertain(10 * minute)
    const { client } = vendor((edit.intentAt ?? 0) + 100, () => ({ least: -500, most: 500 }))
    let looks = 0
    const now = async () => {
      looks += 1
      return (await hands.ledger.now()) - (looks === 1 ? 2 * minute : 0)
    }
    const { edit: after } = await lookUp(edit, client, { ...hands.ledger, now })
    expect(after).toMatchObject({ state: 'running', taskId: 'lost' })
  })
})

describe('a vendor that tells times a day and more apart', () => {
  it('proves nothing absent: the edit stays in doubt, and the look is counted', async () => {
    const edit = await uncertain()
    const { asked, client } = vendor((edit.intentAt ?? 0) + 100, () => ({ least: 0, most: 30 * hour }))
    const { edit: after } = await lookUp(edit, client)
    expect(after).toMatchObject({ state: 'uncertain', looks: { why: 'silent', times: 1 } })
    expect(asked).toEqual([])
  })

  it('is not believed either where that is heard while its list is read', async () => {
    const edit = await uncertain()
    const { client } = vendor(0, (answers) => ({ least: 0, most: answers === 0 ? 500 : 30 * hour }))
    expect((await lookUp(edit, client)).edit.state).toBe('uncertain')
  })
})
