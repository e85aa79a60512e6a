import { viewOfRow, type StandInBatch } from './console-batch.ts'

/** The rows whose key or prompt a line names, as `GET /v1/batches/{id}/rows` tells them. */
export function foundIn(batch: StandInBatch, query: URLSearchParams) {
  const { keyOf, promptOf, planes, foundAtOnce } = batch
  const [line, from] = [query.get('q') ?? '', Number(query.get('from') ?? 1)]
  const key = /key:"?([^\s"*]*)/.exec(line)?.[1] ?? ''
  const prompt = /prompt:(?:"([^"]*)"|(\S+))/.exec(line)
  const part = (prompt?.[1] ?? prompt?.[2] ?? '').toLowerCase()
  const to = Math.min(planes.rows, from + foundAtOnce - 1)
  const rows = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i).filter(
    (row) => keyOf(row).startsWith(key) && promptOf(row).toLowerCase().includes(part),
  )
  return {
    rows: rows.join(','),
    matched: rows.length,
    lookedTo: to,
    ofRows: planes.rows,
    ...(to < planes.rows ? { nextRow: to + 1 } : {}),
  }
}

/** When a row is done, as `GET /v1/edits/{id}/forecast` tells it: a minute for each that waits before it. */
export function forecastOf(batch: StandInBatch, row: number) {
  const { state } = viewOfRow(batch, row)
  const inBatch = batch.planes.state.subarray(0, row - 1).filter((each) => each === waiting).length
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
  return {
    state,
    ...(state === 'queued' ? { place: { ahead: inBatch, inBatch } } : {}),
    forecast: {
      kind: 'range',
      begin: { from: at(inBatch), to: at(inBatch + 1) },
      end: { from: at(inBatch + 1), to: at(inBatch + 3) },
      tasksSeen: 100,
      imagesPerHour: 600,
      detail: 'Reckoned from 100 tasks.',
    },
  }
}

const waiting = '.'.charCodeAt(0)
