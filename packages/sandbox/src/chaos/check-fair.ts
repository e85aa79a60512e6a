import type { Facts, Turn, Violation } from './facts.ts'
import type { Entry } from './history.ts'
import type { AckedEdit } from './producers.ts'

/** Reads the turns of edits out of the history. */
export function turnsOf(entries: readonly Entry[], acked: readonly AckedEdit[]): Turn[] {
  const prompts = Map.groupBy(acked, ({ origin }) => origin.prompt)
  const turns = new Map(
    acked.map(({ id, batch, producer, n, url, origin }) => {
      const alone = prompts.get(origin.prompt)?.length === 1
      const free = alone && !url.startsWith('s3://')
      const turn: Turn = { producer, images: n, free, ackedAt: Infinity, admittedAt: [] }
      return [id, batch === undefined ? turn : { ...turn, batch }]
    }),
  )
  for (const entry of entries) {
    if (entry.what !== 'acked' && entry.what !== 'point') continue
    const turn = turns.get(entry.editId)
    if (turn === undefined) continue
    if (entry.what === 'acked') turn.ackedAt = entry.at
    else if (entry.point === 'admitted') turn.admittedAt.push(entry.at)
  }
  return [...turns.values()]
}

/** So many free edits of a producer must wait: a fault may hold back some of them unseen, but hardly all. */
const waitingAtLeast = 6

/** Images by which one may be ahead where nothing came back: workers tell of an admission a moment later. */
const ahead = 16

/**
 * While two producers both have edits that may go, neither gets many more images than the other. An edit that comes back
 * gives its producer's share back, or cost it another turn; for so many images more may one be ahead. A Redis that
 * forgets knows nothing of shares.
 */
export function everyoneGetsItsShare({ turns, struck }: Pick<Facts, 'turns' | 'struck'>): Violation[] {
  if (struck.has('redis-rewind') || struck.has('redis-restored')) return []
  const cameBack = turns.reduce(
    (sum, { images, admittedAt }) => sum + images * Math.max(0, admittedAt.length - 1),
    0,
  )
  const most = ahead + cameBack
  const furthest = furthestAhead(turns)
  if (furthest <= most) return []
  const what = `while both had edits waiting, one producer got ${furthest} images more than the other; at most ${most} are right`
  return [{ invariant: 'I9', what }]
}

/** By how many images one of two producers got ahead of the other at most while both waited. */
function furthestAhead(turns: readonly Turn[]): number {
  const [first] = turns
  const fedAt = Map.groupBy(turns, ({ batch }) => batch)
  const steps = turns.flatMap((turn) => {
    const side = turn.producer === first?.producer ? 0 : 1
    const [admitted] = turn.admittedAt
    // rows of a batch may rest after it was acknowledged; where one was admitted, its neighbours wait too
    const since = turn.batch === undefined ? turn.ackedAt : firstAdmission(fedAt.get(turn.batch) ?? [])
    const waits = turn.free && admitted !== undefined && since < admitted
    return [
      ...(waits ? [{ at: since, side, waiting: 1, images: 0 }] : []),
      ...(admitted === undefined
        ? []
        : [{ at: admitted, side, waiting: waits ? -1 : 0, images: turn.images }]),
    ]
  })
  const waiting: [number, number] = [0, 0]
  let [lead, least, most, furthest] = [0, 0, 0, 0]
  for (const { at: _, side, ...step } of steps.toSorted((a, b) => a.at - b.at)) {
    const bothWaited = Math.min(...waiting) >= waitingAtLeast
    waiting[side === 0 ? 0 : 1] += step.waiting
    if (!bothWaited) [lead, least, most] = [0, 0, 0]
    else lead += side === 0 ? step.images : -step.images
    least = Math.min(least, lead)
    most = Math.max(most, lead)
    furthest = Math.max(furthest, most - least)
  }
  return furthest
}

const firstAdmission = (turns: readonly Turn[]): number =>
  Math.min(...turns.flatMap(({ admittedAt }) => admittedAt))
