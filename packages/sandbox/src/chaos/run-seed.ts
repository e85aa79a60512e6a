import { setTimeout as sleep } from 'node:timers/promises'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import { type Arena, producers } from './arena.ts'
import { type Book, newestOf, readBooks } from './books.ts'
import { turnsOf } from './check-fair.ts'
import type { Facts, Held } from './facts.ts'
import type { FaultName } from './fault-names.ts'
import { gather, leftoversOf, type Marks, mark, type Witness } from './gather.ts'
import type { History } from './history.ts'
import { hurryRefusals, hurrySweep, hurryWaits, resumeAll } from './hurry.ts'
import { decideHeld } from './person.ts'
import { faultsMs, type Plan, type Stream, type Strike } from './plan.ts'
import { call } from './producers.ts'
import { retry, steer } from './steer.ts'
import { stream } from './stream.ts'
import { strikeWith } from './strikes.ts'
import type { Struck } from './struck.ts'
import { type ChaosWebhooks, hurryWebhooks } from './webhooks.ts'
import type { Workers } from './workers.ts'

/** How often each fault has really hit something. */
export type FaultCounts = Record<FaultName | 'redis-rewind' | 'client-cut', number>

/** What every seed of a run meets, and what it writes into. */
export type Stage = {
  arena: Arena
  workers: Workers
  /** The producer's process. */
  producer: Workers
  history: History
  webhooks: ChaosWebhooks
  faults: FaultCounts
}

/** A seed is over when no edit has taken a step for so long, or else after `drainMs`: a busy machine takes longer steps. */
const stillMs = 45_000
const drainMs = 150_000

/** After all edits have ended, events and queues must have come to rest within this (ms); where Redis forgot, an audit first. */
const [quietMs, auditedMs] = [8_000, 20_000]

/** Enqueue and strike at once; heal; drain; look at what is left. A rewind is what a failover to a replica that is behind looks like. */
export async function runSeed(
  plan: Plan,
  stage: Stage,
  witness: Witness,
  signal: AbortSignal | undefined,
): Promise<Facts> {
  const { arena, workers, producer, history, webhooks } = stage
  webhooks.disturb(true)
  const marks = mark(arena, witness)
  const before = plan.rewind === 'before' ? await snapshot(arena) : 0
  workers.expect([...plan.ambushes, ...plan.trap.ambushes])
  producer.expect(plan.evictions)
  const calls = plan.calls.map(async (each, i) => {
    const acked = await call(each, `seed-${plan.seed}-${i}`, arena, history)
    witness.acked.push(...acked)
    return acked
  })
  const streaming = plan.streams.map((each, i) =>
    sendStream(each, `seed-${plan.seed}-stream-${i}`, stage, witness),
  )
  const acking = Promise.all([...calls, ...streaming])
  const steering = Promise.all(
    plan.steers.map(async (each) => {
      const acked = (await calls[each.call]) ?? []
      const by = plan.calls[each.call]?.producer ?? 0
      witness.canceled.push(...(await steer(each, by, acked, arena, history)))
    }),
  )
  const rewinding = acking.then(async () => {
    if (plan.rewind === 'no') return
    await rewind(stage, plan.rewind === 'after' ? await snapshot(arena) : before)
  })
  const strikes = [...plan.strikes, ...plan.trap.strikes]
  const [, ...struck] = await Promise.all([acking, ...strikes.map((strike) => hit(strike, stage))])
  await heal(stage, plan)
  webhooks.disturb(false)
  await rewinding
  await steering
  await resumeSteered(arena, witness)
  const held = await drain(stage, witness, { marks, forgets: mayForget(plan) }, signal)
  await producer.ready()
  for (const { acked: edit, state = 'unknown' } of await readBooks(arena, witness.acked))
    history.add({ what: 'ended', editId: edit.id, state })
  const faults = struck.flatMap(({ fault, fired }) => (fired() > 0 ? [fault] : []))
  const facts = await gather(arena, marks, witness, {
    turns: turnsOf(history.entries, witness.acked),
    held,
    struck: new Set([...faults, ...(plan.rewind === 'no' ? [] : (['redis-rewind'] as const))]),
  })
  for (const { fault, fired, atEnd } of struck) {
    stage.faults[fault] += fired()
    if (atEnd === undefined) continue
    await atEnd()
    history.add({ what: 'healed', fault })
  }
  // a trap is open until then
  arena.dashscope.faults.clear()
  arena.s3.faults.clear()
  return facts
}

/** Whether Redis forgets something in this seed: what an audit puts right comes after the edits have ended. */
const mayForget = ({ rewind: back, strikes }: Plan): boolean =>
  back !== 'no' || strikes.some(({ fault }) => fault === 'redis-restored' || fault === 'redis-crash')

/** One of its rows is refused at first, and fails. */
async function sendStream(
  plan: Stream,
  name: string,
  { arena, history, faults }: Stage,
  witness: Witness,
): Promise<void> {
  const prompt = plan.rows[plan.once]?.prompt
  const refusal = { type: 'status', status: 400, code: 'DataInspectionFailed', message: 'at first' } as const
  for (const vendor of [arena.dashscope, arena.elsewhere])
    vendor.faults.add({ at: 'submit', do: refusal, times: 1, match: (facts) => facts.prompt === prompt })
  const { acked, cuts } = await stream(plan, name, arena, history)
  witness.acked.push(...acked)
  faults['client-cut'] += cuts
}

/** A pause that its producer ended may be back with what Redis went back to. */
async function resumeSteered({ ledger }: Arena, { acked }: Witness): Promise<void> {
  for (const producer of producers) await ledger.pauseProducer(producer, false)
  for (const batch of new Set(acked.flatMap((edit) => edit.batch ?? [])))
    await ledger.pauseBatch(batch, false)
  for (const { id } of acked) await ledger.pauseEdit(id, false)
}

/** Whoever sent batches of which rows have failed has them tried once more. */
async function retryFailed(arena: Arena, books: readonly Book[], { canceled }: Witness): Promise<number> {
  const steered = new Set(canceled.map(({ editId }) => editId))
  const failed = books.filter(({ state, acked }) => state === 'failed' && !steered.has(acked.id))
  const batches = new Map(failed.map(({ acked }) => [acked.batch, acked.producer]))
  for (const [batch, producer] of batches)
    if (batch !== undefined)
      await retry(
        arena,
        batch,
        producers.findIndex((name) => name === producer),
      )
  return batches.size
}

/** How many tasks the vendor had at that moment. */
async function snapshot(arena: Arena): Promise<number> {
  await arena.snapshot()
  return arena.dashscope.tasks().length
}

async function rewind({ arena, history, faults }: Stage, tasksBefore: number): Promise<void> {
  await sleep(faultsMs / 3)
  // a rewind that forgets no submit proves nothing; where the account was paused, they come after the healing
  const end = performance.now() + 3 * faultsMs
  while (arena.dashscope.tasks().length < tasksBefore + 3 && performance.now() < end) await sleep(50)
  await arena.rewind()
  history.add({ what: 'struck', fault: 'redis-rewind' })
  faults['redis-rewind'] += 1
}

/** One strike from its begin to its end; what lasts for the seed is still there then. */
async function hit(
  strike: Strike,
  { arena, workers, history }: Stage,
): Promise<Struck & { fault: FaultName }> {
  await sleep(strike.atMs)
  const struck = await strikeWith(strike, arena, workers)
  history.add({ what: 'struck', fault: strike.fault })
  await sleep(strike.ms)
  await struck.lift()
  if (struck.atEnd === undefined) history.add({ what: 'healed', fault: strike.fault })
  return { ...struck, fault: strike.fault }
}

/** Waits until all edits have ended and all is at rest, or the time for that is over. Returns the edits that were held meanwhile. */
async function drain(
  { arena, workers, history }: Stage,
  witness: Witness,
  { marks, forgets }: { marks: Marks; forgets: boolean },
  signal: AbortSignal | undefined,
): Promise<Held[]> {
  const held: Held[] = []
  let doneAt = 0
  let end = performance.now() + drainMs
  let deadline = performance.now() + stillMs
  let [retried, seen] = [false, '']
  for (let done = false; !signal?.aborted && performance.now() < deadline; await sleep(150)) {
    await hurrySweep(arena, 3_000)
    await hurryWebhooks(arena)
    const books = await readBooks(arena, witness.acked)
    const edits = newestOf(books)
    const steps = `${arena.dashscope.tasks().length} ${books.map(({ state }) => state).join()}`
    if (!done && steps !== seen) deadline = Math.min(end, performance.now() + stillMs)
    seen = steps
    if (!done) {
      await hurryWaits(arena)
      await hurryRefusals(arena, edits)
      await decideHeld(arena, edits, held, history)
      // what refused until a moment ago, or refuses for good, pauses its lane once more
      await resumeAll(arena)
    }
    const ended = books.every(({ state }) => state !== undefined && isTerminal(state))
    if (!done && ended && !retried) {
      retried = true
      if ((await retryFailed(arena, books, witness)) > 0) continue
    }
    if (!done && ended) {
      done = true
      doneAt = await arena.ledger.now()
      deadline = performance.now() + (forgets ? auditedMs : quietMs)
    } else if (done && !ended) {
      // what was canceled goes on where Redis had forgotten its submit
      done = false
      end = performance.now() + drainMs
      deadline = performance.now() + stillMs
    }
    const audited = !forgets || ((await arena.ledger.auditedAt()) ?? 0) > doneAt
    if (done && audited && workers.asleep === 0 && (await isQuiet(arena, witness, books, marks.deliveries)))
      break
  }
  return held
}

/** All is well from here on, but for the trap and for what lasts; a person has looked at what was paused. */
async function heal({ arena, workers }: Stage, { trap }: Plan): Promise<void> {
  for (const wire of Object.values(arena.wires)) await wire.faults.heal()
  workers.expect(trap.ambushes)
  for (const strike of trap.strikes) await strikeWith(strike, arena, workers)
  await resumeAll(arena)
}

const none = { firstRow: 0, lastRow: -1 }

/** Whether nothing is left to do and every consumer has heard every end. */
async function isQuiet(
  arena: Arena,
  { consumers, deliveries }: Witness,
  books: readonly Book[],
  from: number,
): Promise<boolean> {
  if (Object.values(await leftoversOf(arena)).some((count) => count !== 0)) return false
  const heard = new Set(
    deliveries.slice(from).flatMap(({ consumer, subject, type, rows: { firstRow, lastRow } = none }) => {
      if (type === 'restyle.edit.held') return []
      if (type !== 'restyle.rows.canceled') return [`${consumer} ${subject}`]
      return Array.from(
        { length: lastRow - firstRow + 1 },
        (_, i) => `${consumer} ${subject}-${firstRow + i}`,
      )
    }),
  )
  return consumers.every(({ name, producer }) =>
    books
      .filter(({ acked }) => acked.producer === producer)
      .every(
        ({ acked: { id, batch }, takes }) =>
          heard.has(`${name} ${takes.at(-1)?.id ?? id}`) &&
          (batch === undefined || heard.has(`${name} ${batch}`)),
      ),
  )
}
