import type { Edit } from '@restyle/shared/contract/edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { EditRecord } from '@restyle/shared/ledger/record'
import type { Log } from '@restyle/shared/log'

/** The edits of a page that can be read, at their places, and what is said of the others. */
export type Readable = {
  edits: (Edit | undefined)[]
  /** To be spread into the answer. */
  left: { unreadable?: { id: string; why: string }[] }
}

const dayMs = 24 * 3600_000

/** Sorts the edits of a page. One that cannot be read is named in the answer, and in the log once a day. */
export async function readable(
  ids: readonly string[],
  records: readonly EditRecord[],
  ledger: Pick<Ledger, 'turn'>,
  log: Log,
): Promise<Readable> {
  const bad = records.flatMap((record, i) =>
    record.kind === 'unreadable' ? [{ id: ids[i] ?? '', why: record.why }] : [],
  )
  return {
    edits: records.map((record) => (record.kind === 'edit' ? record.edit : undefined)),
    left: await leftOut(bad, ledger, log),
  }
}

/** What is said of records that cannot be read; each is in the log once a day. */
export async function leftOut(
  bad: { id: string; why: string }[],
  ledger: Pick<Ledger, 'turn'>,
  log: Log,
): Promise<Readable['left']> {
  for (const { id: editId, why } of bad)
    if (await ledger.turn(`alarm:unreadable:${editId}`, dayMs))
      log.error({ editId, why }, 'edit cannot be read, and is left alone')
  return bad.length === 0 ? {} : { unreadable: bad }
}
