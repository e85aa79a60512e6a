import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { newestVerdicts } from '@restyle/shared/receipt/verdict-record'
import type { Store } from '@restyle/shared/store/store'

type Tools = { ledger: Pick<Ledger, 'restoreVerdict' | 'restoreVerdicts'>; store: Store; log: Log }

/**
 * Puts back what persons thought of the rows of a batch, as far as the bucket knows it. `takeOf`: the newest take of a row: a
 * verdict of an earlier one is not of this one.
 */
export async function verdictsAgain(
  batch: string,
  takeOf: (row: number) => number,
  { ledger, store, log }: Tools,
): Promise<void> {
  const newest = await newestVerdicts(store, batch, complain(batch, log))
  if (newest === undefined) return
  const { bytes, retries, ...rest } = newest
  for (const row of bytes.keys()) if (takeOf(row) > retries + 1) bytes[row] = 0
  const rows = await ledger.restoreVerdicts(batch, { ...rest, bytes })
  if (rows > 0) log.info({ batch, rows }, 'verdicts put back from the bucket')
}

/** The same of an edit that came alone. */
export async function verdictAgain(edit: string, { ledger, store, log }: Tools): Promise<void> {
  const newest = await newestVerdicts(store, edit, complain(edit, log))
  if (newest !== undefined && newest.verdict !== '') await ledger.restoreVerdict(edit, newest.verdict)
}

const complain =
  (id: string, log: Log) =>
  (key: string, error: unknown): void =>
    log.error({ id, key, err: error }, 'record of verdicts cannot be read, and an older one counts')
