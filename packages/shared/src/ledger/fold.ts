import { type Edit, shownFields } from '../contract/edit.ts'
import { eventOf } from '../contract/event.ts'
import type { Currency } from '../contract/money.ts'
import { type Answer, type LedgerContext, toFields } from './record.ts'

/** A thousand rows of a batch, from `first` on, of which some have ended. `at`: as whose turn they were given out. */
export type Slice = { batch: string; first: number; at: number }

/**
 * The slice that is folded next: this caller's for a minute. None of its rows has ended within the last `keptMs`.
 * undefined: there is none.
 */
export const nextToFold = (context: LedgerContext, keptMs: number): Promise<Slice | undefined> =>
  nextSlice(context, context.keys.fold, keptMs)

/** The same of any list that is worked on by turns. */
export async function nextSlice(
  { run }: LedgerContext,
  list: string,
  keptMs: number,
): Promise<Slice | undefined> {
  const [kind, batch, first, at] = (await run('next-to-fold', [list], { keptMs })) as Answer
  return kind === 'fold' ? { batch: String(batch), first: Number(first), at: Number(at) } : undefined
}

/** Ends the turn: nothing is left to fold, or it is looked at `againMs` from now. A row that ended meanwhile counts more. */
export async function settleFold(
  context: LedgerContext,
  slice: Slice,
  how: { keptMs: number; againMs?: number | undefined },
): Promise<void> {
  await settleSlice(context, context.keys.fold, slice, how)
}

/** Gives the turn as it is then (`at`); undefined where it is over, or was somebody else's. */
export async function settleSlice(
  { run }: LedgerContext,
  list: string,
  slice: Slice,
  { keptMs, againMs }: { keptMs: number; againMs?: number | undefined },
): Promise<number | undefined> {
  const at = Number(await run('settle-fold', [list], { ...slice, keptMs, againMs: againMs ?? -1 }))
  return at > 1 ? at : undefined
}

/**
 * Drops ended edits, at most 500 in a call, that the bucket has as results. `changed`: one is not as it was read, and none
 * was dropped.
 */
export async function fold(
  { keys, run }: LedgerContext,
  edits: readonly Pick<Edit, 'id' | 'version'>[],
): Promise<'folded' | 'changed'> {
  if (edits.length === 0) return 'folded'
  const versions = edits.map(({ version }) => String(version))
  const dropped = await run(
    'fold',
    edits.map(({ id }) => keys.edit(id)),
    { versions },
  )
  return Number(dropped) < 0 ? 'changed' : 'folded'
}

/** What edits of one day, lane and currency cost (micro-currency), and how many images came. */
export type Sum = { day?: string; lane?: string; currency?: Currency; billed: number; images: number }

/**
 * Rows that follow one another from `first` on and have ended: their bytes (`\0`: another edit says how the row ended), the
 * money and images of all of them, how many failed by code, and with which code each, by rows.
 */
export type Results = {
  first: number
  bytes: string
  money: readonly Sum[]
  failures: Readonly<Record<string, number>>
  codes: Readonly<Record<number, string>>
}

/**
 * Notes rows of a forgotten batch as ended, and tells of the ends of those of `told` once more. `known`: the ledger knew of
 * each of them. `none`: there is no such batch.
 */
export async function restoreResults(
  { keys, run }: LedgerContext,
  batch: string,
  { first, bytes, money, failures, codes }: Results,
  told: readonly Edit[] = [],
): Promise<'restored' | 'known' | 'none'> {
  const ask = { batch, first, bytes, money, failures, codes, told: told.map(eventOfEnd) }
  return (await run('restore-results', [keys.batch(batch)], ask)) as 'restored' | 'known' | 'none'
}

/** The event of an edit's end, as the script tells it that ends one. */
const eventOfEnd = (edit: Edit) => ({
  type: eventOf[edit.state],
  id: `${edit.id}-${edit.state}`,
  subject: edit.id,
  data: toFields(Object.fromEntries(shownFields.map((name) => [name, edit[name]]))),
  traceparent: edit.traceparent,
})
