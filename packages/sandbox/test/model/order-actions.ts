import fc from 'fast-check'
import {
  type Action,
  asleep,
  type CapOf,
  forgetful,
  type Order,
  perhapsCrash,
  plainOf,
  record,
  sequencesWith,
  sleeping,
  type Stop,
  type Target,
} from './actions.ts'
import { batchId } from './batch.ts'
import type { Reply } from './vendor.ts'

/*
 * Sequences with a batch whose rows rest, and with a person who steers.
 */

// two edits that came alone, and rows: most orders meet somebody who is about to do something
const cast = {
  edit: fc.constantFrom(0, 0, 1, 3, 3, 3, 4, 4, 5),
  reply: fc.oneof(
    { weight: 5, arbitrary: fc.constant<Reply>('accept') },
    { weight: 2, arbitrary: fc.constant<Reply>('pend') },
    { weight: 3, arbitrary: fc.constant<Reply>('lose') },
    { weight: 3, arbitrary: fc.constantFrom<Reply[]>('drop', 'throttle', 'fix', 'arrears') },
  ),
}

const target = fc.constantFrom<Target[]>(
  'batch',
  'batch',
  'edit-0',
  'edit-1',
  `${batchId}-0`,
  `${batchId}-0`,
  `${batchId}-1`,
)

const orderAt = (order: Order, what: fc.Arbitrary<Target>, stop: fc.Arbitrary<Stop>): fc.Arbitrary<Action> =>
  record<Extract<Action, { kind: 'order' }>>({
    kind: fc.constant('order'),
    order: fc.constant(order),
    what,
    stop,
  })

const steeredTarget = fc.oneof(
  { weight: 3, arbitrary: target },
  { weight: 1, arbitrary: fc.constant('producer') },
)

const caps = record<Extract<Action, { kind: 'cap' }>>({
  kind: fc.constant('cap'),
  of: fc.constantFrom<CapOf[]>('batch', 'total', 'day'),
  images: fc.constantFrom(1, 1, 2, 3, null),
})

const ordersWith = (stop: fc.Arbitrary<Stop>): fc.Arbitrary<Action> =>
  fc.oneof(
    { weight: 5, arbitrary: orderAt('cancel', target, stop) },
    { weight: 3, arbitrary: orderAt('pause', steeredTarget, stop) },
    { weight: 3, arbitrary: orderAt('resume', steeredTarget, stop) },
    { weight: 2, arbitrary: orderAt('retry', fc.constant('batch'), stop) },
    { weight: 1, arbitrary: record({ kind: fc.constant('settle' as const) }) },
    { weight: 3, arbitrary: caps },
    {
      weight: 5,
      arbitrary: record<Extract<Action, { kind: 'feed' }>>({
        kind: fc.constant('feed'),
        room: fc.constantFrom(1, 2, 10),
        stop,
      }),
    },
    {
      weight: 1,
      arbitrary: record<Extract<Action, { kind: 'batch' }>>({ kind: fc.constant('batch'), stop }),
    },
  )

const orders = ordersWith(perhapsCrash)
const plain = plainOf(cast)

const amid = (meanwhile: fc.Arbitrary<Action>) => [
  { weight: 12, arbitrary: orders },
  { weight: 4, arbitrary: sleeping(meanwhile, cast) },
  { weight: 3, arbitrary: ordersWith(asleep(meanwhile)) },
]

const awake = fc.oneof({ weight: 2, arbitrary: plain }, { weight: 2, arbitrary: orders })

/** A person steers edits and rows that rest. */
export const sequencesWithOrders = sequencesWith(cast, ...amid(awake))

const levels = fc.constantFrom<Target[]>('edit-0', 'edit-0', 'producer', 'producer', 'batch')
const pauses = fc.oneof(
  orderAt('pause', levels, fc.constant({ stop: 'never' })),
  orderAt('resume', levels, fc.constant({ stop: 'never' })),
)

/** One pause after the other begins and ends. */
export const sequencesOfPauses = fc.array(
  fc.oneof({ weight: 1, arbitrary: plain }, { weight: 2, arbitrary: pauses }),
  { minLength: 6, maxLength: 12 },
)

/** A person steers while Redis goes back in time, or to nothing. */
export const sequencesWithForgottenOrders = sequencesWith(
  cast,
  ...amid(fc.oneof({ weight: 4, arbitrary: awake }, { weight: 1, arbitrary: forgetful })),
  { weight: 6, arbitrary: forgetful },
)
