import type { Edit, World } from '../contract/edit.ts'
import type { Currency } from '../contract/money.ts'
import { RestyleError } from '../errors.ts'
import { type Answer, editOf, type LedgerContext } from './record.ts'

/** Whose sources this process makes ready ahead of the admission. */
export type Claims = {
  /** How many edits this process prepares at a time, which it prepares, which of them are ready to go, and which it let be. */
  ahead: number
  preparing: readonly string[]
  prepared: readonly string[]
  released: readonly string[]
}

/** What a lane allows, and what is ready for it. Money in micro-currency. */
export type LaneRoom = Claims & {
  /** The lane's id. */
  lane: string
  model: string
  /** Tasks that may run, and POSTs that may be under way, at a time. */
  running: number
  posting: number
  /** Least time between two submits. */
  submitIntervalMicros: number
  /** Rendered edits waiting to be copied beyond which nothing new is submitted. */
  maxCopyBacklog: number
  /** Of one image, in the currency that the lane bills in: CNY where none is said. */
  priceMicros: number
  currency?: Currency
  /** How long after the admission the POST may still be started and answered. */
  leaseMs: number
  /** Whether a lost answer is recognised by its prompt; if not, the lane has one submit in doubt at a time. */
  echoesPrompt: boolean
  /** Under what the edit is admitted, kept with it. */
  world?: World
}

/** Why a lane takes no edit: `uncertain` concerns the edits that may be confused with one, all others concern every edit. */
export type Wait = 'paused' | 'bucket' | 'copies' | 'slot' | 'posting' | 'uncertain' | 'token'

/** `wanted`: edits whose sources this process is to prepare now. `gone`: edits that it need not prepare any more. */
export type Next = { wanted: readonly string[]; gone: readonly string[] } & (
  | { kind: 'admitted'; edit: Edit }
  | { kind: 'wait'; reason: Wait; ms: number }
  /** No edit may go; one may in `ms`, undefined where nobody can say. */
  | { kind: 'empty'; ms: number | undefined }
)

/**
 * Lets the edit whose turn it is onto a lane, all or nothing: the first by fair share that may go, a free slot, a submit
 * token (GCRA on Redis's clock, so that no window of a second holds more than the quota), no uncertain submit that it
 * could be confused with, and nothing paused. The slot belongs to the edit's state from then on; the move that leaves the
 * state frees it.
 */
export async function admit(context: LedgerContext, room: LaneRoom, know: Know): Promise<Next> {
  let { preparing } = room
  const before = { wanted: [] as string[], gone: [] as string[] }
  // several producers in turn may have a day that nobody has told yet
  for (let asked = 0; asked < mostUnknown; asked += 1) {
    const [kind, wanted, gone, ...rest] = await ask(context, { ...room, preparing })
    before.wanted.push(...(wanted as string[]))
    before.gone.push(...(gone as string[]))
    if (kind !== 'unknown') return nextOf(kind, before, rest)
    // these are its own from now on
    preparing = [...preparing.filter((id) => !before.gone.includes(id)), ...(wanted as string[])]
    await know(String(rest[0]), Number(rest[1]))
  }
  throw new RestyleError('UnknownDay', 'the days of producers do not stay known', { lane: room.lane })
}

/** Tells the ledger which day it is for a producer, at a time of Redis's clock (epoch ms), and what the bucket knows of it. */
export type Know = (producer: string, now: number) => Promise<void>

const mostUnknown = 100

async function ask({ keys, run }: LedgerContext, { world, ...room }: LaneRoom): Promise<Answer> {
  return (await run('admit', [keys.later(room.model)], {
    ...room,
    ...(world === undefined ? {} : { world: JSON.stringify(world) }),
  })) as Answer
}

function nextOf(kind: string, ahead: Pick<Next, 'wanted' | 'gone'>, rest: readonly unknown[]): Next {
  switch (kind) {
    case 'admitted':
      return { ...ahead, kind, edit: readFlat(rest[0] as string[]) }
    case 'wait':
      return { ...ahead, kind, reason: rest[0] as Wait, ms: Math.max(0, Number(rest[1])) }
    default: {
      const ms = Number(rest[0])
      return { ...ahead, kind: 'empty', ms: ms < 0 ? undefined : ms }
    }
  }
}

function readFlat(flat: readonly string[]): Edit {
  const fields: Record<string, string> = {}
  for (let i = 0; i < flat.length; i += 2) fields[flat[i] ?? ''] = flat[i + 1] ?? ''
  const edit = editOf(fields)
  if (edit === undefined) throw new TypeError('an admitted edit has no id')
  return edit
}
