import fc from 'fast-check'
import type { Weather } from './bucket.ts'
import type { LaneIs } from './lanes.ts'
import type { Refusal, Reply } from './vendor.ts'

/** At the `call`-th of a hand's calls to the outside (ledger, bucket, vendor, and the named points between them). */
export type Stop =
  | { stop: 'never' }
  /** The process is gone: this call and all later ones never happen. */
  | { stop: 'crash'; call: number }
  /** The process sleeps while others go on, and then goes on itself, knowing nothing. */
  | { stop: 'sleep'; call: number; meanwhile: Action[] }

export type Action =
  | { kind: 'enqueue'; edit: number }
  /** Whichever hand is next takes one step of the edit, as it is or (`old`) as it once was. */
  | { kind: 'run'; edit: number; reply: Reply; stop: Stop; old?: number }
  | { kind: 'task'; nth: number; becomes: 'succeeded' | 'failed' | 'refused' | 'canceled' }
  | { kind: 'bucket'; weather: Weather }
  | { kind: 'silence'; vendor: boolean }
  | { kind: 'lag'; seconds: number }
  | { kind: 'pass'; seconds: number }
  | { kind: 'sweep' }
  /** What was promised and is forgotten comes back from the bucket. */
  | { kind: 'audit' }
  /** Everybody was away for longer than the vendor remembers. Tasks that run have ended early on, or never do. */
  | { kind: 'day'; hours: number; tasksEnd: boolean }
  /** The vendor refuses its list, or to tell of a task, until it answers again, or until the end. */
  | { kind: 'refuse'; asked: 'list' | 'query'; refusal: Refusal; forGood: boolean }
  | { kind: 'answer' }
  /** The next processes start with another configuration. */
  | { kind: 'lane'; becomes: LaneIs }
  /** Redis keeps a backup; goes back to it, or to nothing. */
  | { kind: 'backup' }
  | { kind: 'rewind' }
  /** The producer sends its batch, or sends it again. */
  | { kind: 'batch'; stop: Stop }
  /** A worker makes edits of up to `room` rows that rest. */
  | { kind: 'feed'; room: number; stop: Stop }
  /** A person orders something. A retry is one of the batch. */
  | { kind: 'order'; order: Order; what: Target; stop: Stop }
  /** The workers go on with what was ordered for the batch. */
  | { kind: 'settle' }
  /** Somebody sets what the batch, the producer, or a day of it may cost: so many images; null: no cap. */
  | { kind: 'cap'; of: CapOf; images: number | null }

export type CapOf = 'batch' | 'total' | 'day'

export type Order = 'cancel' | 'pause' | 'resume' | 'retry'

/** An edit or a row by its id, the batch, or all of the producer. */
export type Target = string

export const editsPerSequence = 3

/** Plain objects, so that a counterexample can be pasted. */
export const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(model, { noNullPrototype: true })

// most of what goes wrong needs several things to happen to one edit
const anEdit = fc.constantFrom(0, 0, 0, 1, 1, editsPerSequence - 1)
const aReply = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Reply>('accept') },
  { weight: 4, arbitrary: fc.constant<Reply>('lose') },
  { weight: 4, arbitrary: fc.constantFrom<Reply[]>('drop', 'throttle', 'fix', 'arrears') },
)
const call = fc.nat({ max: 9 })
const still: Stop = { stop: 'never' }

/** At no call, or dead at one. */
export const perhapsCrash: fc.Arbitrary<Stop> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(still) },
  { weight: 1, arbitrary: record({ stop: fc.constant('crash' as const), call }) },
)

/** Who takes steps, and how the vendor answers. */
type Cast = { edit: fc.Arbitrary<number>; reply: fc.Arbitrary<Reply> }
const plainCast: Cast = { edit: anEdit, reply: aReply }

/** What may happen while a hand sleeps: everything but a sleep within the sleep. */
export const plainOf = ({ edit, reply }: Cast): fc.Arbitrary<Action> =>
  fc.oneof(
    { weight: 3, arbitrary: record({ kind: fc.constant('enqueue' as const), edit: anEdit }) },
    {
      weight: 12,
      arbitrary: record({
        kind: fc.constant('run' as const),
        edit,
        reply,
        stop: perhapsCrash,
      }),
    },
    {
      weight: 3,
      arbitrary: record({
        kind: fc.constant('task' as const),
        nth: fc.nat({ max: 3 }),
        becomes: fc.constantFrom('succeeded', 'succeeded', 'succeeded', 'failed', 'refused', 'canceled'),
      }),
    },
    {
      weight: 2,
      arbitrary: record({
        kind: fc.constant('bucket' as const),
        weather: fc.constantFrom<Weather[]>('well', 'well', 'away', 'mute', 'refuses'),
      }),
    },
    { weight: 1, arbitrary: record({ kind: fc.constant('silence' as const), vendor: fc.boolean() }) },
    // shorter than the settle time: that the list lags no longer is what absence is proven from
    { weight: 2, arbitrary: record({ kind: fc.constant('lag' as const), seconds: fc.constantFrom(5, 55) }) },
    {
      weight: 5,
      arbitrary: record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(1, 20, 20, 90) }),
    },
    { weight: 1, arbitrary: record({ kind: fc.constant('sweep' as const) }) },
  )

const plain = plainOf(plainCast)

export const forgetful: fc.Arbitrary<Action> = fc.constantFrom<Action[]>(
  { kind: 'backup' },
  { kind: 'rewind' },
  { kind: 'rewind' },
  { kind: 'audit' },
)

const day: fc.Arbitrary<Action> = record<Extract<Action, { kind: 'day' }>>({
  kind: fc.constant('day'),
  hours: fc.integer({ min: 25, max: 30 }),
  tasksEnd: fc.boolean(),
})

const refusing: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: record<Extract<Action, { kind: 'refuse' }>>({
      kind: fc.constant('refuse'),
      asked: fc.constantFrom('list', 'list', 'query'),
      refusal: fc.constantFrom('input', 'account', 'garbled', 'fault'),
      forGood: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: record({ kind: fc.constant('answer' as const) }) },
)

const laneChange: fc.Arbitrary<Action> = record<Extract<Action, { kind: 'lane' }>>({
  kind: fc.constant('lane'),
  becomes: fc.constantFrom('there', 'there', 'rekeyed', 'renamed', 'elsewhere', 'of another', 'gone'),
})

/** Asleep at a call, while others go on. */
export const asleep = (meanwhile: fc.Arbitrary<Action>): fc.Arbitrary<Stop> =>
  record<Extract<Stop, { stop: 'sleep' }>>({
    stop: fc.constant('sleep'),
    call,
    meanwhile: fc.array(meanwhile, { minLength: 1, maxLength: 5 }),
  })

export const sleeping = (
  meanwhile: fc.Arbitrary<Action>,
  { edit, reply } = plainCast,
): fc.Arbitrary<Action> =>
  record<Extract<Action, { kind: 'run' }>>({
    kind: fc.constant('run'),
    edit,
    reply,
    stop: asleep(meanwhile),
  })

const staleOf = ({ edit, reply }: Cast): fc.Arbitrary<Action> =>
  record<Required<Extract<Action, { kind: 'run' }>>>({
    kind: fc.constant('run'),
    edit,
    reply,
    stop: fc.constant(still),
    old: fc.nat({ max: 5 }),
  })

type Weighted = { weight: number; arbitrary: fc.Arbitrary<Action> }

export const sequencesWith = (cast: Cast, ...others: Weighted[]) =>
  fc.array(
    fc.oneof({ weight: 20, arbitrary: plainOf(cast) }, { weight: 3, arbitrary: staleOf(cast) }, ...others),
    { minLength: 3, maxLength: 10 },
  )

const sequencesOf = (...others: Weighted[]) => sequencesWith(plainCast, ...others)

const sleepingAmid = (others: fc.Arbitrary<Action>) => ({
  weight: 5,
  arbitrary: sleeping(fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: others })),
})

/** Everything can happen but that Redis forgets, days pass, the vendor refuses to tell, or the lane changes. */
export const sequences = sequencesOf({ weight: 5, arbitrary: sleeping(plain) })

/** Redis may go back to an earlier state too, or to nothing, also while a hand sleeps. */
export const sequencesWithRewinds = sequencesOf(sleepingAmid(forgetful), { weight: 4, arbitrary: forgetful })

const lasting = fc.oneof(day, refusing, laneChange)

/** What lasts for long: days pass, the vendor refuses to tell, the lane changes. */
export const sequencesThatLast = sequencesOf(sleepingAmid(lasting), { weight: 6, arbitrary: lasting })

const anything = fc.oneof(lasting, forgetful)

/** All of that, and Redis goes back to a backup. */
export const sequencesOfEverything = sequencesOf(sleepingAmid(anything), { weight: 8, arbitrary: anything })
