import { cny, type Money } from '@restyle/dashscope/money'
import type {
  PageSummary,
  ReportHead,
  ShownEdit,
  ShownImage,
  Thumbnail,
} from '@restyle/results/report/report-data'
import { reportPage, rowsOfPage } from '@restyle/results/report/report-page'
import { bytesEach, thumbnail } from '@restyle/results/report/thumbnail'
import type { ResultRow } from '@restyle/results/result-row'
import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import type { BatchFile } from '@restyle/shared/contract/batch-files'
import { mapByte } from '@restyle/shared/contract/edit-state'
import { limits } from '@restyle/shared/contract/limits'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { readSource, type SourceTools } from '@restyle/shared/store/read-source'
import type { Store } from '@restyle/shared/store/store'
import { fileName } from './file-names.ts'
import { type Place, putFile } from './put-file.ts'

export type ReportTools = SourceTools & {
  store: Pick<Store, 'get' | 'putIfAbsent'>
  ledger: Pick<Ledger, 'readMap'>
}

/** Writes the report page by page: one page is in memory, and the pictures of one row at their full size. */
export async function writeReport(
  batch: Batch,
  rows: AsyncIterable<ResultRow>,
  place: Place,
  tools: ReportTools,
  { signal, beat }: { signal: AbortSignal; beat: () => void },
): Promise<BatchFile[]> {
  const pages = Math.max(1, Math.ceil(rowsOfBatch(batch) / rowsOfPage))
  const index = pages > 1 ? indexOf(await tools.ledger.readMap(batch.id), rowsOfBatch(batch)) : []
  const written: BatchFile[] = []
  const write = async (page: readonly ResultRow[]): Promise<void> => {
    const part = written.length + 1
    const most = bytesEach(page.reduce((sum, { images }) => sum + 1 + images.length, 0))
    const edits: ShownEdit[] = []
    for (const row of page) {
      signal.throwIfAborted()
      beat()
      edits.push(await shownOf(row, most, batch.producer, tools, signal))
    }
    const bytes = Buffer.from(
      reportPage(headOf(batch, { number: part, pages, rows: page.length, place, index }), edits),
    )
    written.push(await putFile(tools.store, place, { what: 'report', kind: 'html', part, bytes }))
  }
  let page: ResultRow[] = []
  for await (const row of rows) {
    page.push(row)
    if (page.length < rowsOfPage) continue
    await write(page)
    page = []
  }
  if (page.length > 0 || written.length === 0) await write(page)
  return written
}

/** What every page has, by the map of the batch: a byte for each row. */
function indexOf(map: string, rows: number): PageSummary[] {
  const failed = mapByte.failed
  return Array.from({ length: Math.ceil(rows / rowsOfPage) }, (_, i) => {
    const states = map.slice(i * rowsOfPage, (i + 1) * rowsOfPage)
    return {
      firstRow: i * rowsOfPage + 1,
      lastRow: Math.min(rows, (i + 1) * rowsOfPage),
      failed: states.split(failed).length - 1,
    }
  })
}

type PageAt = { number: number; pages: number; rows: number; place: Place; index: readonly PageSummary[] }

function headOf(batch: Batch, { number, pages, rows, place, index }: PageAt): ReportHead {
  const { id, name, succeeded, failed, canceled, createdAt, completedAt = createdAt } = batch
  const first = (number - 1) * rowsOfPage + 1
  return {
    title: name === '' ? id : name,
    batchId: id,
    startedAt: createdAt,
    endedAt: completedAt,
    counts: {
      succeeded,
      failed,
      canceled,
      open: Math.max(0, rowsOfBatch(batch) - succeeded - failed - canceled),
    },
    images: batch.images,
    costs: costsOf(batch),
    page: {
      number,
      pages,
      firstRow: first,
      lastRow: first + rows - 1,
      nameOf: (part) => fileName('report', 'html', { number: place.number, part }),
      ...(number === 1 && pages > 1 ? { index } : {}),
    },
  }
}

/** What was billed in each currency. */
function costsOf(batch: Batch): Money[] {
  const all: Money[] = [
    { currency: 'CNY', micros: batch.billed },
    { currency: 'USD', micros: batch['billed.USD'] },
  ]
  const billed = all.filter(({ micros }) => micros > 0)
  return billed.length > 0 ? billed : [cny(0)]
}

async function shownOf(
  row: ResultRow,
  most: number,
  producer: string,
  tools: ReportTools,
  signal: AbortSignal,
): Promise<ShownEdit> {
  const [source] = row.sources
  const bytes = source === undefined ? undefined : await bytesOf({ producer, address: source }, tools, signal)
  const images: ShownImage[] = []
  for (const { key, sha256 = '' } of row.images)
    if (key !== undefined)
      images.push({ after: await smallOf(await tools.store.get(key), most), bucketKey: key, sha256 })
  const { id, key, prompt, state, cost, failure } = row
  return {
    id,
    key,
    prompt,
    state,
    before: await smallOf(bytes, most),
    beforeIs: wordsFor(source, bytes),
    images,
    costMicros: cost.micros,
    currency: cost.currency === 'USD' ? 'USD' : 'CNY',
    ...(row.createdAt === undefined || row.updatedAt === undefined
      ? {}
      : { ms: Date.parse(row.updatedAt) - Date.parse(row.createdAt) }),
    ...(failure === undefined ? {} : { error: failure }),
  }
}

async function bytesOf(
  source: { producer: string; address: string },
  tools: ReportTools,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const read = await readSource({ ...source, mostBytes: limits.sourceBytes }, tools, signal)
  return read.kind === 'bytes' ? read.bytes : undefined
}

const smallOf = async (bytes: Buffer | undefined, most: number): Promise<Thumbnail> =>
  bytes === undefined ? undefined : thumbnail(bytes, most)

/** What stands where a source is not shown; an address without what may be a secret in it. */
function wordsFor(source: string | undefined, bytes: Buffer | undefined): string {
  if (source === undefined) return 'No source picture is known'
  if (bytes !== undefined) return 'This picture cannot be shown'
  const url = source.startsWith('http') ? URL.parse(source) : null
  return url === null ? 'The source picture is not there any more' : `The source picture is at ${url.host}`
}
