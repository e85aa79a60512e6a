import type { WaitsFor } from '../contract/waits-for.ts'
import type { Stop } from '../contract/stop.ts'

/** What a worker last met with an edit of a batch that it could not submit; `at` in epoch ms. */
export type Met = { kind: 'source' | 'bucket' | 'vendor'; code: string; message: string; at: number }

/** A lane that takes the model. `served`: what its workers said of themselves lately; absent where none runs. */
export type LaneNow = {
  slots: number
  running: number
  served?: 'asks' | 'bucket'
  /** A person has paused it. */
  stopped: boolean
  /** With which code the vendor pauses it. */
  refusedWith?: string
}

/** What is known of a batch at one moment. */
export type WaitFacts = {
  /** Its rows by state; `waiting`: queued or at rest. */
  counts: {
    waiting: number
    submitting: number
    running: number
    rendered: number
    uncertain: number
    review: number
  }
  /** It takes more rows; `held`: and nothing of it goes before its close. */
  open?: 'held' | 'taking'
  stops: readonly Stop[]
  producerStops: readonly Stop[]
  /** With which code the bucket refuses us. */
  bucketRefusedWith?: string
  /** What each model that it has rows of finds; `before`: edits of the same producer that go first. */
  models: readonly { model: string; lanes: readonly LaneNow[]; before: number }[]
  met?: Met
}

/** Why nothing of a batch is on its way, the first reason first; undefined where something is, or it has just begun. */
export function waitsForOf(facts: WaitFacts): WaitsFor | undefined {
  const { counts, open, bucketRefusedWith } = facts
  const { waiting, submitting, running, rendered, uncertain, review } = counts
  if (submitting + running > 0) return undefined
  if (rendered > 0) return bucketRefusedWith === undefined ? undefined : refusingBucket(bucketRefusedWith)
  if (waiting === 0) {
    if (uncertain > 0) return lookedUp(uncertain)
    if (review > 0) return heldForReview(review)
    return open === undefined ? undefined : rowsToCome
  }
  return open === 'held' ? rowsToCome : ofWaiting(facts)
}

function ofWaiting(facts: WaitFacts): WaitsFor | undefined {
  const { counts, stops, producerStops, bucketRefusedWith, models, met } = facts
  const [stop] = stops
  if (stop !== undefined) return stoppedBy('stopped', stop, 'The batch')
  const [producerStop] = producerStops
  if (producerStop !== undefined) return stoppedBy('producer-stopped', producerStop, 'The producer')
  const standing = models.map(({ model, lanes }) => standstillOf(model, lanes, bucketRefusedWith))
  if (standing.every((each) => each !== undefined) && standing[0] !== undefined) return standing[0]
  if (met !== undefined) return metBy(met)
  if (counts.uncertain > 0) return lookedUp(counts.uncertain)
  const queues = models.map(queueOf)
  return queues.every((each) => each !== undefined) ? queues[0] : undefined
}

/** Why no lane of a model takes anything from anybody. */
function standstillOf(
  model: string,
  lanes: readonly LaneNow[],
  bucketRefusedWith: string | undefined,
): WaitsFor | undefined {
  if (lanes.length === 0)
    return {
      code: 'no-lane',
      detail: `No worker has a lane for ${model}. It goes on when one with such a lane is started (RESTYLE_LANES).`,
    }
  const served = lanes.filter((lane) => lane.served !== undefined)
  if (served.length === 0)
    return { code: 'no-worker', detail: `No worker runs for ${model}. It goes on when one is started.` }
  if (bucketRefusedWith !== undefined) return refusingBucket(bucketRefusedWith)
  if (served.every((lane) => lane.served === 'bucket'))
    return {
      code: 'bucket',
      detail:
        'The workers cannot rely on the bucket now. It goes on by itself when they can; the operator sees why with restyle doctor.',
    }
  const open = served.filter(({ stopped }) => !stopped)
  if (open.length === 0)
    return {
      code: 'lane-paused',
      detail: `A person has paused every lane of ${model}. It goes on when one is resumed: restyle lanes`,
    }
  const refused = open.filter(({ refusedWith }) => refusedWith !== undefined)
  if (refused.length < open.length) return undefined
  return {
    code: 'lane-refused',
    detail: `The vendor takes nothing of ${model}: ${refused[0]?.refusedWith}. It is tried once a minute, and nothing fails for it; where the account is at fault its operator must act.`,
  }
}

/** What goes first on lanes that work. */
function queueOf({ model, lanes, before }: WaitFacts['models'][number]): WaitsFor | undefined {
  if (before > 0)
    return {
      code: 'own-edits',
      detail: `${many(before, 'earlier edit')} of the same producer ${before === 1 ? 'goes' : 'go'} first. Another priority changes that: restyle priority`,
    }
  const usable = lanes.filter(
    ({ served, stopped, refusedWith }) => served !== undefined && !stopped && refusedWith === undefined,
  )
  const slots = usable.reduce((sum, lane) => sum + lane.slots, 0)
  const running = usable.reduce((sum, lane) => sum + lane.running, 0)
  if (slots === 0 || running < slots) return undefined
  return {
    code: 'slots',
    detail: `Other edits use ${slots === 1 ? 'the only slot' : `all ${slots} slots`} of ${model}. It goes on when one is free.`,
  }
}

function metBy({ kind, code, message, at }: Met): WaitsFor {
  const met = { code, message, at: new Date(at).toISOString() }
  const said = message === '' || message === code ? code : `${code}: ${message}`
  switch (kind) {
    case 'source':
      return {
        code: 'source',
        detail: `Its pictures cannot be handed on. A worker last met ${said}. It is tried again and again.`,
        met,
      }
    case 'bucket':
      return {
        code: 'bucket',
        detail: `The bucket takes nothing now. A worker last met ${said}. It is tried again and again.`,
        met,
      }
    case 'vendor':
      return {
        code: 'vendor',
        detail: `The vendor did not take the last submit: ${said}. It is tried again and again.`,
        met,
      }
  }
}

const rowsToCome: WaitsFor = {
  code: 'rows',
  detail: 'It is open: it waits for more rows, or for its close (restyle close).',
}

const refusingBucket = (code: string): WaitsFor => ({
  code: 'bucket',
  detail: `The bucket refuses us: ${code}. It is tried again and again; its operator must act.`,
})

const heldForReview = (review: number): WaitsFor => ({
  code: 'review',
  detail: `${many(review, 'held edit')} ${review === 1 ? 'waits' : 'wait'} for a person to decide: restyle review`,
})

const lookedUp = (uncertain: number): WaitsFor => ({
  code: 'lookup',
  detail: `${many(uncertain, 'submit')} without a known outcome ${uncertain === 1 ? 'is' : 'are'} looked up, so that nothing is paid twice.`,
})

const resumes = { stopped: 'restyle resume', 'producer-stopped': 'restyle resume --producer' } as const

const reasons: Readonly<Record<Stop['reason'], string>> = {
  person: 'is paused by a person',
  budget: 'has used up its budget',
  day: 'has used up what its producer may cost in a day',
  window: 'is outside its hours',
}

function stoppedBy(
  code: 'stopped' | 'producer-stopped',
  { reason, detail, until }: Stop,
  what: 'The batch' | 'The producer',
): WaitsFor {
  const ends = until === undefined ? '' : `, until ${new Date(until).toISOString()}`
  const resume = reason === 'person' ? ` It goes on when it is resumed: ${resumes[code]}` : ''
  return { code, detail: detail ?? `${what} ${reasons[reason]}${ends}.${resume}` }
}

const many = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
