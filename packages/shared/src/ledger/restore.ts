import type { Failure, Image, World } from '../contract/edit.ts'
import type { Currency } from '../contract/money.ts'
import type { NewEdit } from '../contract/new-edit.ts'
import { type LedgerContext, newFields, toFields } from './record.ts'

/**
 * `world`: what the receipt of that attempt says it was admitted under. `cancelAsked`: when it was canceled. `day`, `currency`
 * and `lane`: where its money counts.
 */
type Attempted = {
  attempt: number
  tries: number
  world?: World
  cancelAsked?: number
  day?: string
  currency?: Currency
  lane?: string
}

/** Where a forgotten edit goes on, or how it had ended, as its receipts and images tell. Times in epoch ms, money in micro-currency. */
export type RestorePoint = Attempted &
  (
    | { state: 'queued' }
    | {
        state: 'uncertain'
        lane: string
        fingerprint: string
        intentAt: number
        leaseUntil: number
        reserved: number
      }
    | { state: 'running'; lane: string; taskId: string; submittedAt: number; reserved: number }
    | { state: 'rendered'; lane?: string; taskId?: string; images: Image[]; billed: number }
    | { state: 'failed'; failure: Failure; billed?: number }
    | { state: 'canceled'; billed?: number }
  )

/**
 * Writes an edit that the ledger has forgotten; one that it knows is left as it is. The sweep adds its wake-up. One that
 * had ended is told again, with the event's id of the first time.
 */
export async function restore(
  { keys, run }: LedgerContext,
  edit: NewEdit,
  { state, ...point }: RestorePoint,
): Promise<'restored' | 'known'> {
  const ask = { state, fields: { ...newFields(edit), ...toFields(point) }, stored: storedOf(point) }
  return (await run('restore', [keys.edit(edit.id)], ask)) as 'restored' | 'known'
}

/**
 * Opens an edit again that was canceled, or a row that was canceled at rest, while the ledger did not know this attempt of it;
 * any other is left as it is. `failure`: of a row that was to be tried once more: the code with which its edit before failed.
 */
export async function reopen(
  { keys, run }: LedgerContext,
  edit: NewEdit,
  { state, ...point }: RestorePoint,
  failure?: string,
): Promise<'reopened' | 'known'> {
  const ask = { state, fields: { ...newFields(edit), ...toFields(point) }, stored: storedOf(point), failure }
  return (await run('reopen', [keys.edit(edit.id)], ask)) as 'reopened' | 'known'
}

/** How many of its images are in the bucket. */
const storedOf = (point: { images?: Image[] } | object): number =>
  'images' in point ? point.images.filter(({ stored }) => stored !== undefined).length : 0
