import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import type { Edit } from '@restyle/shared/contract/edit'
import { endEdit } from '@restyle/shared/end-edit'
import { writeIntent } from '@restyle/shared/receipt/receipt'
import type { Step } from '../hand/step.ts'
import type { Deadlines, Lane } from '../lane/lane.ts'
import { pauseBucket } from '../lane/pause.ts'
import { adoptReceipt, type OutcomeTools, recordOutcome } from './record-outcome.ts'
import { type Moment, sinceMs } from './moment.ts'
import type { Ready, SourceAddresses } from './source-addresses.ts'
import { turnAway, type WhyNot } from './turn-away.ts'
import { noteUnready } from './unready.ts'

/*
 * Sends the one POST of an attempt, in the order that keeps it from being paid for twice:
 *
 * 1. The ledger admits the edit to a lane. That is the intent, and also a lease.
 * 2. The sources get their addresses. Those that have to travel were made ready before (look-ahead.ts).
 * 3. The bucket gets a receipt of the intent, created by exactly one process. Whoever cannot create it must not POST.
 * 4. One POST, started within the lease or not at all, on a connection of its own. It is never repeated.
 * 5. record-outcome.ts writes down what came of it.
 *
 * Where no outcome is known the edit is uncertain, and the hand `reconcile` looks it up. It is never sent again blindly.
 */

export type SubmitTools = OutcomeTools & {
  deadlines: Deadlines
  addresses: SourceAddresses
  /** Names this process in its receipts. */
  writer: string
}

/** An admission: the lane, a moment before its lease began, and the sources where they had been made ready. */
export type AdmittedTo = { lane: Lane; askedAt: Moment; sources: Ready | undefined }

/** From the admission on, the POST may start for so long. */
type Lease = { since: Moment; ms: number }

const leftMs = ({ since, ms }: Lease): number => ms - sinceMs(since)

/** Takes an admitted edit to `running`, `uncertain`, `failed`, or back to `queued` where no task exists. */
export async function submit(
  edit: Edit,
  { lane, askedAt, sources: ready }: AdmittedTo,
  tools: SubmitTools,
): Promise<Step> {
  const { deadlines, failpoint } = tools
  const lease = { since: askedAt, ms: deadlines.receiptMs }
  await failpoint('admitted', edit.id)
  const sources = ready ?? (await tools.addresses.of(edit, lane))
  // Reuse the attempt number: skipping it could skip a receipt that a rewound Redis no longer knows.
  const unused = edit.attempt - 1
  if (sources.kind === 'unusable') return endEdit(edit, { state: 'failed', failure: sources.failure }, tools)
  if (sources.kind !== 'ready') {
    const why = await noteUnready(edit, lane, sources, tools)
    return turnAway(edit, lane, why, { inMs: 1_000, attempt: unused }, tools)
  }

  const fenced = await createReceipt(edit, lease, tools)
  if (fenced.kind === 'failed')
    return turnAway(edit, lane, fenced.why, { inMs: 2_000, attempt: unused }, tools)
  if (fenced.kind === 'theirs') return adoptReceipt(edit, tools)

  await failpoint('receipt-written', edit.id)
  const body = bodyOf(edit, lane, sources.urls)
  const outcome =
    body.kind === 'refused'
      ? body
      : await lane.client.submit(lane.model, body.json, {
          usesOss: sources.usesOss,
          mayStart: () => leftMs(lease) > 0,
        })
  await failpoint('answered', edit.id)
  const step = await recordOutcome(edit, lane, outcome, tools)
  await failpoint('recorded', edit.id)
  return step
}

/** A body that cannot be built is no weather: it would not be built the next time. */
function bodyOf(
  { request }: Edit,
  { model }: Lane,
  images: string[],
): { kind: 'built'; json: object } | Extract<SubmitOutcome, { kind: 'refused' }> {
  try {
    return { kind: 'built', json: model.body(model, { ...request, images }) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { kind: 'refused', code: 'NotBuilt', message, action: 'failEdit' }
  }
}

/** Creates the receipt of the intent before the lease ends: `mine`, `theirs`, or `failed` where the bucket did not answer. */
async function createReceipt(
  edit: Edit,
  lease: Lease,
  tools: SubmitTools,
): Promise<{ kind: 'mine' | 'theirs' } | { kind: 'failed'; why: WhyNot }> {
  const over = new AbortController()
  const end = () => over.abort(new DOMException('the lease has ended', 'TimeoutError'))
  const timer = setTimeout(end, Math.max(1, Math.ceil(leftMs(lease))))
  try {
    return { kind: await writeIntent(tools.store, edit, tools.writer, over.signal) }
  } catch (error) {
    await pauseBucket(error, tools)
    tools.log.warn({ editId: edit.id, err: error }, 'receipt could not be written, nothing was submitted')
    const message = error instanceof Error ? error.message : ''
    return { kind: 'failed', why: { kind: 'bucket', code: 'ReceiptFailed', message } }
  } finally {
    clearTimeout(timer)
  }
}
