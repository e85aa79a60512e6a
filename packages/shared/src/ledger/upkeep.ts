import { evenWhenFull } from '../redis/even-when-full.ts'
import type { LedgerContext } from './record.ts'

/** Rendered edits whose first address expires soon: how many, and which is next (`leftMs` on Redis's clock). */
export type Dying = { edits: number; editId: string; leftMs: number }

/** Of rendered edits so many are looked at, those first whose addresses expire first. */
const mostRendered = 1_000

const tellTime = `#!lua flags=allow-oom
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)`

/** Epoch ms on Redis's clock. Asked with a key: each node of a cluster has a clock, and the ledger goes by one. */
export const readClock = async ({ redis, keys }: LedgerContext): Promise<number> =>
  Number(await redis.eval(tellTime, 1, keys.due))

const askServer = "#!lua flags=no-writes\nreturn redis.call('INFO', 'server')"

/**
 * Which server keeps the ledger: another one after a failover, however the connection hides it (a cluster, a managed
 * Redis behind one address). undefined where Redis does not tell.
 */
export const readServer = ({ redis, keys }: LedgerContext): Promise<string | undefined> =>
  redis.eval(askServer, 1, keys.due).then(
    (info) => /^run_id:(\w+)/m.exec(String(info))?.[1],
    () => undefined,
  )

/** Takes the turn to do something for `ms`; false while somebody else has it. */
export const takeTurn = async ({ redis, keys }: LedgerContext, name: string, ms: number): Promise<boolean> =>
  (await evenWhenFull(redis, 'SET', keys.turn(name), '1', 'PX', ms, 'NX')) !== null

/** The rendered edits of which an address dies within `ms` and is not stored yet. */
export async function findDying(context: LedgerContext, ms: number): Promise<Dying | undefined> {
  const { redis, keys } = context
  const now = await readClock(context)
  const until = now + ms
  const [editId, at] = await redis.zrangebyscore(keys.rendered, '-inf', until, 'WITHSCORES', 'LIMIT', 0, 1)
  if (editId === undefined) return undefined
  return { edits: await redis.zcount(keys.rendered, '-inf', until), editId, leftMs: Number(at) - now }
}

/** When (epoch ms) the first address of a batch's images dies that is not stored yet, where that is among the next thousand. */
export async function firstExpiryOf(
  { redis, keys }: LedgerContext,
  batch: string,
): Promise<number | undefined> {
  const flat = await redis.zrange(keys.rendered, '0', String(mostRendered - 1), 'WITHSCORES')
  const at = flat.findIndex((text, i) => i % 2 === 0 && text.startsWith(`${batch}-`))
  return at === -1 ? undefined : Number(flat[at + 1])
}
