import { viewOfRow, type StandInBatch } from './console-batch.ts'

const code = 'DataInspectionFailed'
const json = (body: object): { content: string } => ({ content: JSON.stringify(body) })

/** What the stand-in answers about what failed, and a retry of it; undefined for another call. */
export function tellOfFailures(
  batch: StandInBatch,
  url: URL,
  body: unknown,
): { content: string } | undefined {
  const { id, planes, view } = batch
  const edits = planes.code.reduce((count, each) => count + (each === 1 ? 1 : 0), 0)
  if (url.pathname === '/v1/batches') return json({ batches: [view()] })
  if (url.pathname === `/v1/batches/${id}/retry`) return json({ rows: edits, batch: view() })
  if (url.pathname === '/v1/search') return json(found(batch, edits))
  if (url.pathname === '/v1/forecasts') return json(priceOf(body as { rows: { images: number }[] }))
  if (url.pathname !== '/v1/failures') return undefined
  const words = { meaning: 'it was refused', whatWeDid: 'It failed.', whatYouCanDo: 'Change the prompt.' }
  return json({
    failures: [{ code, edits, batches: 1, isKnown: true, ...words, retry: 'changed', billed: [] }],
    hoursFrom: new Date().toISOString(),
    looked: { batches: 1, edits },
  })
}

/** The first rows that have failed, at most as many as a page. */
function found(batch: StandInBatch, edits: number): object {
  const rows = [...batch.planes.code.keys()].filter((at) => batch.planes.code[at] === 1).slice(0, 200)
  return { batches: [], edits: rows.map((at) => viewOfRow(batch, at + 1)), looked: edits }
}

/** Two tenths for each image. */
function priceOf({ rows }: { rows: { images: number }[] }): object {
  const images = rows.reduce((sum, part) => sum + part.images, 0)
  const micros = images * 200_000
  return {
    images,
    price: [{ currency: 'CNY', leastMicros: micros, mostMicros: micros }],
    left: [{ currency: 'CNY', micros: 5_000_000, of: 'total', freeMicros: 4_800_000, aheadMicros: 0 }],
    forecast: { kind: 'unknown', reason: 'no-lane', detail: 'nobody knows' },
  }
}
