import { byteOrderMark, csvHeader, csvLine } from '@restyle/results/csv'
import { tableColumns } from '@restyle/results/table'
import { editExample, eventExample, requestExample } from './schemas.ts'

/** How a stream of events begins. */
export const eventStreamExample = `retry: 2000\nid: 1772485264512-0\n\nid: 1772485264600-0\nevent: ${eventExample.type}\ndata: ${JSON.stringify(eventExample)}\n\n`

/** A change of a batch's map. */
export const liveStreamExample = `retry: 2000\n\nid: 41\nevent: map\ndata: ${JSON.stringify({ batch: 'batch_7h3d5f9k1m2n4p6q8r0s2t4v6w', version: 41, rows: 480, changes: [[12, 0, 43]] })}\n\n`

/** Two rows as they are sent to an open batch. */
export const linesExample = [requestExample, { ...requestExample, key: '4712', metadata: { sku: '4712' } }]
  .map((row) => `${JSON.stringify(row)}\n`)
  .join('')

const resultExample = {
  ...editExample,
  row: 0,
  verdict: { verdict: 'approved', by: 'k7m2p9', at: '2026-03-03T09:12:00.000Z' },
  sources: requestExample.images,
  columns: { sku: '4711', title: 'Mug' },
}

const resultColumns = tableColumns(Object.keys(resultExample.columns), { verdicts: true })

/** The table of a result that was approved. */
export const csvExample = `${byteOrderMark}${csvHeader(resultColumns)}${csvLine(resultExample, resultColumns)}`

/** The same as JSON lines. */
export const jsonLinesExample = `${JSON.stringify(resultExample)}\n`
