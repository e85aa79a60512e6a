import { type Failpoint, failpoints } from '@restyle/worker/hand/failpoints'
import { seededRandom } from '../dashscope/dice.ts'
import { type Guard, saltOf } from './breaks.ts'
import type { Deed, Place } from './history.ts'
import { type FaultName, faultNames } from './fault-names.ts'
import { type ProducerPoint, producerPoints } from './producer-points.ts'

/** A worker that comes to `point` for the nth time (any worker, counted over the seed) meets its deed. */
export type Ambush = {
  point: Place
  nth: number
  deed: Deed
  ms: number
  /** Whom this stops, sleeps only until another worker has come this far with the edit; `ms` at most. */
  until?: Place
}

/** A fault that begins `atMs` after the start of a seed and lasts `ms`. `pick` chooses among several targets. */
export type Strike = { fault: FaultName; atMs: number; ms: number; pick: number }

/** One call of a producer: a single edit (one prompt), or a batch. `place` is where the source is. `twice` = the same request is sent again meanwhile. */
export type Call = {
  producer: number
  atMs: number
  twice: boolean
  prompts: { prompt: string; n: number; place: 'web' | 'bucket' }[]
}

/**
 * A batch that is opened, sent in chunks and closed by one client after the other: after so many chunks the first of them is cut
 * off, so many ms into the next one. `once`: the row whose submit the vendor refuses the first time; it is retried.
 */
export type Stream = {
  producer: number
  atMs: number
  held: boolean
  rows: { prompt: string; n: number; place: 'web' }[]
  rowsPerChunk: number
  cutAfter: number
  cutMs: number
  once: number
}

/** The producer's process is killed when it comes to the point for the nth time. */
export type Eviction = { point: ProducerPoint; nth: number; deed: 'kill'; ms: 0 }

/**
 * An order of a producer, `atMs` after a call of its was acknowledged: of an edit or row of the call, of its batch, or of all
 * that is the producer's. One for an edit may wait until a worker comes to a point with it. A pause lasts `ms`.
 */
export type Steer = {
  call: number
  order: 'cancel' | 'pause'
  of: 'edit' | 'batch' | 'producer'
  row: number
  atMs: number
  ms: number
  point?: Failpoint
}

/** What one seed does. The same seed plans the same, on every machine. */
export type Plan = {
  seed: number
  calls: Call[]
  streams: Stream[]
  steers: Steer[]
  ambushes: Ambush[]
  evictions: Eviction[]
  strikes: Strike[]
  /** Redis is put back to where it stood before or after the calls of this seed, or not at all. */
  rewind: 'before' | 'after' | 'no'
  /** For a run without one guard: strikes with the rest, and once more when the rest is healed, as most may happen later. */
  trap: Trap
}

type Trap = { ambushes: Ambush[]; strikes: Strike[] }

/** How long faults strike, and how long producers call (ms). */
export const faultsMs = 5_000
const callsMs = 1_200

const strikesPerSeed = 14
const deedsBesideKill = ['stop', 'throw', 'block'] as const

/** Draws what a seed does. Points and faults come in turns, so that a run of some ten seeds meets all of them. */
export function planSeed(seed: number, guard?: Guard): Plan {
  const random = seededRandom(seed ^ saltOf(guard))
  const below = (limit: number): number => Math.floor(random() * limit)
  const between = (from: number, to: number): number => Math.round(from + random() * (to - from))

  const point = (turn: number): Failpoint => failpoints[turn % failpoints.length] ?? 'taken'
  const ambushes: Ambush[] = [
    { point: point(2 * seed), nth: 1 + (below(8) % 4), deed: 'kill', ms: 0 },
    { point: point(2 * seed + 1), nth: 1 + (below(8) % 4), deed: 'kill', ms: 0 },
    ...deedsBesideKill.map((deed): Ambush => ({
      point: point(below(failpoints.length)),
      nth: 3 + below(10),
      deed,
      // a stopped worker sleeps longer than lock, lease and settling take together
      ms: deed === 'stop' ? between(2_000, 4_500) : between(1_200, 2_500),
    })),
    // not drawn: what a seed does besides stays as it was
    { point: 'event-answered', nth: 1 + (seed % 3), deed: 'kill', ms: 0 },
  ]

  const strikes = Array.from({ length: strikesPerSeed }, (_, i): Strike => {
    const fault = faultNames[(seed * strikesPerSeed + i) % faultNames.length] ?? 'worker-kill'
    const pick = below(1_000)
    // those wait for their prey, which is there early: most edits are submitted in the first two seconds
    if (
      /^(submit|task|list|query|result|account|source|spill)-|^worker-suspended|^dashscope-wire-cut/.test(
        fault,
      )
    )
      return { fault, atMs: between(0, 800), ms: 3_500, pick }
    return { fault, atMs: between(100, faultsMs - 1_500), ms: between(400, 1_200), pick }
  })
  strikes.push({ fault: 'worker-kill', atMs: between(500, faultsMs - 500), ms: 0, pick: below(1_000) })

  const has = (fault: FaultName): boolean => strikes.some((strike) => strike.fault === fault)
  // without receipts nothing is promised of a Redis that forgets
  const forgets = seed % 3 === 0 && !has('receipts-switched')
  const rewind = forgets ? (seed % 4 === 3 ? 'before' : 'after') : 'no'
  const sharedPrompt = guard === 'swap-claims' ? inPairs(seed) : fewPrompts(seed, below)
  // a rewound Redis forgets that a submit with this prompt is uncertain: two of one prompt may then end in review, and rightly so
  const sharing =
    guard === 'swap-claims' ? 1 : guard === 'no-fair' || forgets || has('redis-restored') ? 0 : 0.4
  const edits = 20 + below(9)
  const calls: Call[] = []
  for (let i = 0; i < edits;) {
    const size = guard === 'swap-claims' ? 2 * between(1, 3) : random() < 0.25 ? between(3, 6) : 1
    const prompts = Array.from({ length: size }, (_, k) => ({
      prompt: random() < sharing ? sharedPrompt() : `picture ${seed}-${i + k}`,
      n: random() < 0.15 ? 2 : 1,
      place: random() < 0.25 ? ('bucket' as const) : ('web' as const),
    }))
    calls.push({ producer: below(2), atMs: below(callsMs), twice: random() < 0.2, prompts })
    i += size
  }
  const steers = planSteers(seed, calls, guard)
  // at times, so that in most seeds no fault has to find its prey among so many
  if (guard === 'no-fair' || (guard === undefined && seed % 4 === 1)) calls.push(...crowdOf(seed))
  const common = { seed, calls, steers, ambushes, strikes }
  if (guard === undefined)
    return { ...common, ...planIntake(seed), rewind, trap: { ambushes: [], strikes: [] } }
  const trap = trapFor(guard, between)
  return { ...common, streams: [], evictions: [], rewind: rewindFor(guard) ?? rewind, trap }
}

const rowsPerStream = 5

/** What comes in chunks, and where the producer is killed. With dice of its own, for the same reason as the steers. */
function planIntake(seed: number): Pick<Plan, 'streams' | 'evictions'> {
  const random = seededRandom(seed ^ 0x1a7e4)
  const below = (limit: number): number => Math.floor(random() * limit)
  const stream: Stream = {
    producer: below(2),
    atMs: below(callsMs),
    held: below(4) === 0,
    rows: Array.from({ length: rowsPerStream }, (_, i) => ({
      prompt: `streamed ${seed}-${i}`,
      n: 1,
      place: 'web' as const,
    })),
    rowsPerChunk: 1 + below(2),
    cutAfter: below(3),
    cutMs: below(25),
    once: below(rowsPerStream),
  }
  const evictionAt = (turn: number): Eviction => {
    const point = producerPoints[turn % producerPoints.length] ?? 'rows-rest'
    return { point, nth: 1 + (point.startsWith('rows-') ? below(3) : 0), deed: 'kill', ms: 0 }
  }
  return { streams: [stream], evictions: [evictionAt(2 * seed), evictionAt(2 * seed + 1)] }
}

/** With dice of their own: a seed that is steered calls and strikes like one that is not. */
function planSteers(seed: number, calls: readonly Call[], guard: Guard | undefined): Steer[] {
  const random = seededRandom(seed ^ saltOf(guard) ^ 0x57ee7)
  const below = (limit: number): number => Math.floor(random() * limit)
  const batches = calls.flatMap(({ prompts }, call) => (prompts.length > 1 ? [call] : []))
  const one = (order: Steer['order'], of: Steer['of'], more: Partial<Steer> = {}): Steer[] => {
    const call = of === 'batch' ? batches[below(batches.length)] : below(calls.length)
    if (call === undefined) return []
    return [{ call, order, of, row: below(6), atMs: below(2_000), ms: 300 + below(1_500), ...more }]
  }
  // its task runs then
  const running = guard === 'cancel-forgets-task' ? 8 : 1
  return [
    ...one('cancel', 'edit'),
    ...one('cancel', 'edit'),
    ...one('cancel', 'edit', { atMs: 0, point: 'receipt-written' }),
    ...Array.from({ length: running }, () => one('cancel', 'edit', { atMs: 0, point: 'recorded' })).flat(),
    ...one('cancel', 'batch'),
    ...one('pause', 'edit'),
    ...one('pause', 'edit'),
    ...one('pause', 'batch'),
    ...one('pause', 'batch'),
    // while a crowd waits, nobody is kept from his share
    ...(seed % 4 === 2 ? one('pause', 'producer') : []),
  ]
}

/** So many edits of one producer, in one batch, and of the other, one by one, a moment later. */
const [ofOne, ofTheOther] = [64, 14]

/** What producers call so that both wait for their turn for seconds: without faults the slots take two seconds for it. */
function crowdOf(seed: number): Call[] {
  const prompt = (i: number) => ({ prompt: `crowd ${seed}-${i}`, n: 1, place: 'web' as const })
  const batch = Array.from({ length: ofOne }, (_, i) => prompt(i))
  return [
    { producer: 0, atMs: 0, twice: false, prompts: batch },
    ...Array.from({ length: ofTheOther }, (_, i): Call => ({
      producer: 1,
      atMs: 100 + 20 * i,
      twice: false,
      prompts: [prompt(ofOne + i)],
    })),
  ]
}

/** A catalog has few prompts and many photos. */
const fewPrompts = (seed: number, below: (limit: number) => number) => (): string =>
  [`in the light of evening ${seed}`, `on a table of oak ${seed}`][below(2)] ?? ''

/** Of three that look alike nobody would adopt one. */
function inPairs(seed: number): () => string {
  let drawn = 0
  return () => `pair ${seed}-${Math.floor(drawn++ / 2)}`
}

/** What the missing guard guarded against. */
function trapFor(guard: Guard, between: (from: number, to: number) => number): Trap {
  const at = (point: Place, deed: Deed, nths: number[], more: Partial<Ambush> = {}): Ambush[] =>
    nths.map((nth) => ({ point, nth, deed, ms: 0, ...more }))
  const strike = (fault: FaultName, times: number): Strike[] =>
    Array.from({ length: times }, () => ({
      fault,
      atMs: between(200, 2_500),
      ms: 2_000,
      pick: between(0, 999),
    }))
  switch (guard) {
    case 'no-intent':
      return { ambushes: at('answered', 'kill', [2, 6, 11]), strikes: [] }
    case 'no-receipt':
      return { ambushes: [], strikes: [] }
    case 'no-fence':
      // two of the three workers: somebody has to overtake the sleepers
      return {
        ambushes: at('receipt-written', 'stop', [2, 7], { ms: 20_000, until: 'answered' }),
        strikes: [],
      }
    case 'blind-retry':
      return { ambushes: [], strikes: [...strike('submit-reset', 2), ...strike('submit-garbled', 2)] }
    case 'cancel-forgets-task':
      return { ambushes: [], strikes: [] }
    case 'event-outside-script':
      return { ambushes: at('untold', 'kill', [1, 5]), strikes: [] }
    case 'fold-before-told':
      return { ambushes: at('results-folded', 'kill', [1]), strikes: [] }
    case 'swap-claims':
      // submits that make no task, and whose look finds that of another edit with the same prompt
      return { ambushes: [], strikes: strike('submit-unsent', 5) }
    case 'no-fair':
      // the crowd that comes in every seed
      return { ambushes: [], strikes: [] }
    case 'copy-without-check':
      return { ambushes: [], strikes: strike('result-cut-in-silence', 4) }
  }
}

/** Without receipts Redis must forget. Elsewhere a Redis that forgets could undo what is to be seen: it lets another worker tell the event. */
const rewindFor = (guard: Guard): Plan['rewind'] | undefined =>
  guard === 'no-receipt'
    ? 'after'
    : guard === 'no-fence' ||
        guard === 'cancel-forgets-task' ||
        guard === 'event-outside-script' ||
        guard === 'fold-before-told' ||
        guard === 'swap-claims' ||
        guard === 'no-fair'
      ? 'no'
      : undefined
