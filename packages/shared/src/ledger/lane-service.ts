import { jsonOf } from '../contract/json-of.ts'
import { LaneFigures, type SaidFigures } from './lane-figures.ts'
import type { LedgerContext } from './record.ts'

/** Whoever has not been heard for so long does not run (ms). Workers say it every five seconds. */
const servedMs = 20_000

const FiguresText = jsonOf(LaneFigures)

/** What a worker has measured of a lane, under a name that no other process has. */
type Measured = { worker: string; figures: LaneFigures }

/** What the vendor and the copies let a lane do now; the limiters say when (epoch ms) the next call may be made. */
export type LaneHolds = {
  submitAt: number
  queryAt: number
  /** Rendered edits of all lanes that wait for their copies. */
  rendered: number
  /** A submit of the lane has no known outcome. */
  inDoubt: boolean
}

/** That workers serve a lane, what they have measured, and what holds them. */
export const openService = ({ redis, keys, run }: LedgerContext) => ({
  /** A worker says that it asks for edits of this lane, or why it does not; and what it has measured of it. */
  serve: async (lane: string, how: 'asks' | 'bucket', measured?: Measured): Promise<void> => {
    const more =
      measured === undefined ? {} : { worker: measured.worker, figures: JSON.stringify(measured.figures) }
    await run('serve-lane', [keys.served(lane)], { lane, how, keptMs: servedMs, ...more })
  },

  /** What a worker said of itself lately; undefined where none runs. */
  servedBy: async (lane: string): Promise<'asks' | 'bucket' | undefined> => {
    const how = await redis.get(keys.served(lane))
    return how === 'asks' || how === 'bucket' ? how : undefined
  },

  /** What its workers said by `now` (epoch ms, Redis's clock); those that are gone, and what cannot be read, are left out. */
  figuresOf: async (lane: string, now: number): Promise<SaidFigures[]> =>
    Object.values(await redis.hgetall(keys.laneFigures(lane))).flatMap((text) => {
      const [at = '', json = ''] = text.split(/ (.*)/s)
      const agoMs = Math.max(0, now - Number(at))
      const figures = FiguresText.safeParse(json).data
      return figures === undefined || agoMs > servedMs ? [] : [{ agoMs, figures }]
    }),

  /** What holds a lane of this account, beside the pauses. */
  holdsOf: async (lane: string, account: string | undefined): Promise<LaneHolds> => {
    const [submit, query, rendered, prints, posting] = await Promise.all([
      redis.get(keys.tokens(`submit:${lane}`)),
      account === undefined ? null : redis.get(keys.tokens(`query:${account}`)),
      redis.zcard(keys.rendered),
      redis.hlen(keys.uncertain(lane)),
      redis.zcard(keys.posting(lane)),
    ])
    // a limiter counts in microseconds
    const at = (due: string | null) => Number(due ?? 0) / 1_000
    // a submit that is under way is in no doubt yet
    return { submitAt: at(submit), queryAt: at(query), rendered, inDoubt: prints > posting }
  },
})
