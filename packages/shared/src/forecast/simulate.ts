import { normal } from './dice.ts'
import type { OpenHours } from './open-hours.ts'
import { alike, drawFuture, enoughSeen, type Future, type SlotTime } from './slot-times.ts'
import type { Turn } from './turn.ts'

/** A lane that takes the model: its quota, what it was seen to do, and what runs on it now. */
export type LaneSeen = {
  slots: number
  submitPerSecond: number
  /** The last of those that left their slots. */
  seen: readonly SlotTime[]
  /** For how long (ms) each that runs has held its slot. */
  ages: readonly number[]
}

/** One way in which it may go (epoch ms). `perMs`: edits that end in a millisecond. */
export type Outcome = { beginsAt: number; endsAt: number; perMs: number }

/** More edits are reckoned as a whole, and only so many are played through to the end. */
const mostPlayed = 400
/** More slots than edits are played are of no use. */
const mostSlots = 2_000
/** The limiter goes two per cent slower than the quota. */
const intervalMs = (lane: LaneSeen) => 1020 / lane.submitPerSecond
/** From the end of a task to the next submit, and from the last one's end until its images are in the bucket. */
const [refillMs, storeMs] = [400, 3_000]

// called for each edit of each run
const { floor, max } = Math

type Slot = { freeAt: number; lane: number }

/** The lanes with what was seen of edits of `n` images; one that has shown little yet is taken to be as the others. */
export function lanesFor(lanes: readonly LaneSeen[], n: number): LaneSeen[] {
  const all = lanes.flatMap(({ seen }) => seen)
  return lanes.map((lane) => ({ ...lane, seen: alike(lane.seen.length < enoughSeen ? all : lane.seen, n) }))
}

/** Plays the queue through once: slots fill as they become free, until the last of mine has ended. `own`: mine that run now. */
export function play(
  turn: Turn,
  lanes: readonly LaneSeen[],
  { now, hours, own, random }: { now: number; hours: OpenHours; own: number; random: () => number },
): Outcome {
  // one vendor: all lanes become slower or faster together
  const pace = normal(random)
  const futures = lanes.map((lane) => drawFuture(lane.seen, lane.ages, { now, pace, random }))
  const perMs = rateOf(lanes, futures)
  const skipped = Math.max(0, turn.total - mostPlayed)
  const noise = skipped === 0 ? 0 : (futures[0]?.deviation ?? 0) / Math.sqrt(skipped)
  const skippedMs = (count: number) => (count / perMs) * (1 + noise * normal(random))
  const startAt = skipped === 0 ? now : hours.afterOpen(now, skippedMs(skipped))
  const slots = lanes.flatMap((lane, at) =>
    slotsOf(lane, at, futures[at], { startAt, whole: skipped > 0, random }),
  )
  let endsAt = own === 0 ? 0 : Math.max(0, ...slots.slice(0, own).map(({ freeAt }) => freeAt))
  const heap = openHeap(slots)
  const tokens = lanes.map(() => startAt)
  let beginsAt = turn.before < skipped ? hours.afterOpen(now, skippedMs(turn.before)) : undefined
  const mostDraws = (turn.total - skipped) * 3
  for (let [done, draws] = [skipped, 0]; done < turn.total; draws += 1) {
    const slot = heap.first()
    const [lane, future] = [lanes[slot.lane], futures[slot.lane]]
    if (lane === undefined || future === undefined) break
    const at = hours.nextOpen(max(slot.freeAt, tokens[slot.lane] ?? 0))
    tokens[slot.lane] = at + intervalMs(lane)
    const { ms, back } = future.next()
    heap.replaceFirst({ freeAt: at + ms + refillMs, lane: slot.lane })
    if (done >= turn.before) beginsAt ??= at
    const isMine = isMineAt(turn.total - 1 - done, turn.share)
    if (isMine) endsAt = max(endsAt, at + ms)
    if (!back || draws > mostDraws) done += 1
  }
  return { beginsAt: beginsAt ?? now, endsAt: Math.max(now, endsAt) + storeMs, perMs }
}

/** The last one is mine, and of those before it as many as my share says. */
const isMineAt = (fromEnd: number, share: number): boolean =>
  fromEnd === 0 || floor(fromEnd * share) > floor((fromEnd - 1) * share)

function rateOf(lanes: readonly LaneSeen[], futures: readonly Future[]): number {
  return lanes.reduce((rate, lane, i) => {
    const { mean = 1, submits = 1 } = futures[i] ?? {}
    return rate + Math.min(lane.slots / (mean + refillMs), 1 / intervalMs(lane)) / submits
  }, 0)
}

/** The slots of a lane and when each is free next; in the midst of a long queue (`whole`) all are in use. */
function slotsOf(
  { slots, ages }: LaneSeen,
  lane: number,
  future: Future | undefined,
  { startAt, whole, random }: { startAt: number; whole: boolean; random: () => number },
): Slot[] {
  return Array.from({ length: Math.min(mostSlots, slots) }, (_, i) => {
    const age = ages[i]
    if (future === undefined) return { freeAt: startAt, lane }
    if (whole) return { freeAt: startAt + future.rest(future.mean * random()), lane }
    return { freeAt: age === undefined ? startAt : startAt + future.rest(age) + refillMs, lane }
  })
}

/** The slot that is free first, in few steps however many there are. */
function openHeap(slots: readonly Slot[]) {
  const heap = slots.toSorted((a, b) => a.freeAt - b.freeAt)
  const timeOf = (at: number) => heap[at]?.freeAt ?? Infinity
  return {
    first: (): Slot => heap[0] ?? { freeAt: Infinity, lane: -1 },
    replaceFirst(slot: Slot): void {
      let at = 0
      for (;;) {
        const [left, right] = [2 * at + 1, 2 * at + 2]
        const least = timeOf(right) < timeOf(left) ? right : left
        const child = heap[least]
        if (child === undefined || child.freeAt >= slot.freeAt) break
        heap[at] = child
        at = least
      }
      heap[at] = slot
    },
  }
}
