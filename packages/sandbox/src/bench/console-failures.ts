import type { StandInBatch } from './console-batch.ts'

const code = 'DataInspectionFailed'
const json = (body: object): { content: string } => ({ content: JSON.stringify(body) })

/** What the stand-in answers about what failed, and a retry of it; undefined for another call. */
export function tellOfFailures(
  { id, planes, view }: StandInBatch,
  url: URL,
): { content: string } | undefined {
  const edits = planes.code.reduce((count, each) => count + (each === 1 ? 1 : 0), 0)
  if (url.pathname === '/v1/batches') return json({ batches: [view()] })
  if (url.pathname === `/v1/batches/${id}/retry`) return json({ rows: edits, batch: view() })
  if (url.pathname !== '/v1/failures') return undefined
  const words = { meaning: 'it was refused', whatWeDid: 'It failed.', whatYouCanDo: 'Change the prompt.' }
  return json({
    failures: [{ code, edits, batches: 1, isKnown: true, ...words, retry: 'changed', billed: [] }],
    looked: { batches: 1, edits },
  })
}
