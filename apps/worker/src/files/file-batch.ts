import { createHash } from 'node:crypto'
import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import { type BatchFiles, FileList } from '@restyle/shared/contract/batch-files'
import { filesFolder } from '@restyle/shared/object-key'
import type { Filing } from '@restyle/shared/ledger/filing'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import type { Store } from '@restyle/shared/store/store'
import type { Pulse } from '../hand/pulse.ts'
import { fileName } from './file-names.ts'
import { type Place, putFile } from './put-file.ts'
import type { SourceTools } from '@restyle/shared/store/read-source'
import { columnNames, rowsOfFiles } from './rows-of-batch.ts'
import { writeReport } from './write-report.ts'
import { writeTables } from './write-tables.ts'

export type FilesTools = ReadTools &
  SourceTools & {
    ledger: ReadTools['ledger'] & Pick<Ledger, 'readMap' | 'tellFiles'>
    store: Pick<Store, 'get' | 'putIfAbsent'>
    keyTemplate: string
    /** Reports are made of batches with so many rows at most; 0: of none. */
    reportRows: number
    /** Called between two steps; a test stops there. */
    step?: (step: 'tables' | 'report' | 'list', batch: string) => Promise<void>
  }

/**
 * Writes the results and the report of a batch that has ended, then the list of them, then tells. Each object is created
 * once, so dying between two steps is harmless: the next worker finds what is there. `stale`: the batch has ended again,
 * or rows of it were retried.
 */
export async function fileBatch(
  { batch: id, number }: Pick<Filing, 'batch' | 'number'>,
  tools: FilesTools,
  pulse: Pulse,
): Promise<'told' | 'known' | 'stale'> {
  const batch = await endedBatch(id, number, tools)
  if (batch === undefined) return 'stale'
  const place: Place = { folder: filesFolder(tools.keyTemplate, batch), number }
  const there = await readList(batch, place, tools)
  if (there !== undefined)
    return tools.ledger.tellFiles({ batch: id, number }, filesOf(there.key, there.list))
  const list = await writeAll(batch, place, tools, pulse)
  await tools.step?.('report', id)
  // rows that were retried meanwhile may be among them as they were, or as they are
  if ((await endedBatch(id, number, tools)) === undefined) return 'stale'
  const bytes = Buffer.from(`${JSON.stringify(list, null, 2)}\n`)
  const { key } = await putFile(tools.store, place, { what: 'files', kind: 'json', part: 1, bytes })
  await tools.step?.('list', id)
  return tools.ledger.tellFiles({ batch: id, number }, filesOf(key, list))
}

/** The batch, if this is how often it has ended. */
async function endedBatch(id: string, number: number, { ledger }: FilesTools): Promise<Batch | undefined> {
  const batch = await ledger.readBatch(id)
  return batch?.completedAt !== undefined && batch.ends === number ? batch : undefined
}

async function writeAll(batch: Batch, place: Place, tools: FilesTools, pulse: Pulse): Promise<FileList> {
  const { beat, signal } = pulse
  const columns = await columnNames(batch, tools, beat)
  const rows = () =>
    rowsOfFiles(batch, tools, () => {
      signal.throwIfAborted()
      beat()
    })
  const results = await writeTables(rows(), columns, place, tools)
  await tools.step?.('tables', batch.id)
  const isReported = rowsOfBatch(batch) <= tools.reportRows
  const report = isReported ? await writeReport(batch, rows(), place, tools, pulse) : []
  return { v: 1, batch: batch.id, outcome: outcomeOf(batch), results, report, columns: [...columns] }
}

/** What a batch came to: files of another outcome are not its own, although they have its name. */
function outcomeOf({ succeeded, failed, canceled, billed, images, ends, ...batch }: Batch): string {
  const facts = JSON.stringify([succeeded, failed, canceled, billed, batch['billed.USD'], images, ends])
  return createHash('sha256').update(facts).digest('hex').slice(0, 16)
}

/** The list that an earlier turn has written, if it is of this outcome. */
async function readList(
  batch: Batch,
  { folder, number }: Place,
  { store }: FilesTools,
): Promise<{ key: string; list: FileList } | undefined> {
  const key = `${folder}${fileName('files', 'json', { number, part: 1 })}`
  const bytes = await store.get(key)
  if (bytes === undefined) return undefined
  const read = FileList.safeParse(parsed(bytes))
  return read.success && read.data.outcome === outcomeOf(batch) ? { key, list: read.data } : undefined
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

function filesOf(list: string, { results, report }: FileList): BatchFiles {
  const first = (files: readonly { key: string }[]): string => files[0]?.key ?? ''
  return {
    state: 'stored',
    list,
    csv: first(results.csv),
    jsonl: first(results.jsonl),
    xlsx: first(results.xlsx),
    parts: results.csv.length,
    ...(report.length === 0 ? {} : { report: first(report) }),
    pages: report.length,
  }
}
