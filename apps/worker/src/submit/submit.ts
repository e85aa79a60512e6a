import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import type { Edit } from '@restyle/shared/contract/edit'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { endEdit } from '@restyle/shared/end-edit'
import { moveOrReread } from '@restyle/shared/move-or-reread'
import { writeIntent } from '@restyle/shared/receipt/receipt'
import { sleep } from '@restyle/shared/sleep'
import type { Step } from '../hand/step.ts'
import type { Deadlines, Lane } from '../lane/lane.ts'
import { pauseBucket, pauseLane } from '../lane/pause.ts'
import { adoptReceipt, type OutcomeTools, recordOutcome } from './record-outcome.ts'
import { type Moment, sinceMs } from './moment.ts'
import type { SourceAddresses, Sources } from './source-addresses.ts'
import { judgeTrouble, type SourcePatience } from './source-trouble.ts'
import { turnAway, type WhyNot } from './turn-away.ts'
import type { WaitForLane } from './wait-for-lane.ts'

/*
 * Sends the one POST of an attempt, in the order that keeps it from being paid for twice:
 *
 * 1. The sources get their addresses (an address made earlier would have aged in the backlog).
 * 2. The ledger admits the edit to a lane. That is the intent, and also a lease.
 * 3. The bucket gets a receipt of the intent, created by exactly one process. Whoever cannot create it must not POST.
 * 4. One POST, started within the lease or not at all, on a connection of its own. It is never repeated.
 * 5. record-outcome.ts writes down what came of it.
 *
 * Where no outcome is known the edit is uncertain, and the hand `reconcile` looks it up. It is never sent again blindly.
 */

export type SubmitTools = OutcomeTools & {
  deadlines: Deadlines
  addresses: SourceAddresses
  lanesFor: (model: string) => readonly Lane[]
  waitForLane: WaitForLane
  sourcePatience?: SourcePatience | undefined
  /** Names this process in its receipts. */
  writer: string
}

/** How long the head of the backlog waits for a vendor or a bucket that does not take pictures. */
const headWaitMs = 5_000

/** From the admission on, the POST may start for so long. */
type Lease = { since: Moment; ms: number }

const leftMs = ({ since, ms }: Lease): number => ms - sinceMs(since)

/** Takes a queued edit to `running`, `uncertain`, `failed`, or back to `queued` where no task exists. */
export async function submit(queued: Edit, tools: SubmitTools): Promise<Step> {
  const { ledger, deadlines, failpoint } = tools
  const [first] = tools.lanesFor(queued.request.model)
  if (first === undefined) return { edit: queued, inMs: 60_000 }
  // before the lease, since pictures may have to travel
  const prepared = await tools.addresses.of(queued, first)
  if (prepared.kind !== 'ready') return unready(queued, first, prepared, tools)

  const waited = await tools.waitForLane(queued)
  if (waited.kind === 'later') return { edit: queued, inMs: waited.ms }
  if (waited.kind === 'lost') return { edit: (await ledger.read(queued.id)) ?? queued }
  const { edit, lane } = waited
  const lease = { since: waited.askedAt, ms: deadlines.receiptMs }
  await failpoint('admitted', edit.id)
  const sources = lane.account === first.account ? prepared : await tools.addresses.of(edit, lane)
  // Reuse the attempt number: skipping it could skip a receipt that a rewound Redis no longer knows.
  const unused = edit.attempt - 1
  if (sources.kind !== 'ready') {
    const why = await noteUnready(edit, lane, sources, tools)
    return turnAway(edit, lane, why, { inMs: 1_000, attempt: unused }, tools)
  }

  const fenced = await createReceipt(edit, lease, tools)
  if (fenced.kind === 'failed') return turnAway(edit, lane, fenced, { inMs: 2_000, attempt: unused }, tools)
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

/** The edit stays in the backlog, or fails for a picture that nobody can read. It was not admitted. */
async function unready(
  queued: Edit,
  lane: Lane,
  sources: Exclude<Sources, { kind: 'ready' }>,
  tools: SubmitTools,
): Promise<Step> {
  if (sources.kind === 'unusable')
    return endEdit(queued, { state: 'failed', failure: sources.failure }, tools)
  if (sources.kind === 'trouble') return waitForSource(queued, sources, tools)
  const why = await noteUnready(queued, lane, sources, tools)
  // in place, at the head of the backlog: the next edit would fare no better
  await sleep(headWaitMs, tools.stopping)
  if (sources.pause || sources.error?.kind === 'bucket') return { edit: queued }
  // unless it does: then this one must not keep the head for ever
  return turnAway(queued, lane, why, {}, tools)
}

/** Says why there are no addresses, and pauses what is at fault. */
async function noteUnready(
  edit: Edit,
  lane: Lane,
  sources: Exclude<Sources, { kind: 'ready' }>,
  tools: SubmitTools,
): Promise<WhyNot> {
  if (sources.kind === 'unusable') return { ...sources.failure, failure: sources.failure }
  const { code, message } = sources
  const facts = { editId: edit.id, lane: lane.name, code, said: message }
  tools.log.warn(facts, 'sources could not be made ready')
  if (sources.kind === 'trouble') return { code, message }
  if (sources.pause) await pauseLane(lane, { code, message }, tools)
  if (sources.error !== undefined) await pauseBucket(sources.error, tools)
  return { code, message }
}

/** A person hears of a store of sources that cannot be read for so long. */
const troubleAlarmMs = 15 * 60_000

/** Aside, not at the head: the next edit has other sources. */
async function waitForSource(
  queued: Edit,
  { code, message, refused, place }: Extract<Sources, { kind: 'trouble' }>,
  tools: SubmitTools,
): Promise<Step> {
  const { ledger, log } = tools
  const judged = judgeTrouble(queued.sourceTrouble, refused, Date.now(), tools.sourcePatience)
  if (judged.kind === 'giveUp')
    return endEdit(queued, { state: 'failed', failure: ownFailure('SourceUnreadable', message) }, tools)
  const { remember, inMs, lastsMs } = judged
  const facts = { editId: queued.id, place, code, tries: remember.tries }
  log.warn(facts, 'source cannot be read now, its edit waits aside')
  if (lastsMs >= troubleAlarmMs && (await ledger.turn(`alarm:source:${place}`, 3600_000)))
    log.error(facts, 'bucket of sources cannot be read: the edits that name it wait')
  const moved = await moveOrReread(queued, { to: 'queued', set: { sourceTrouble: remember } }, ledger)
  return { edit: moved.edit, inMs }
}

/** Creates the receipt of the intent before the lease ends: `mine`, `theirs`, or `failed` where the bucket did not answer. */
async function createReceipt(
  edit: Edit,
  lease: Lease,
  tools: SubmitTools,
): Promise<{ kind: 'mine' | 'theirs' } | ({ kind: 'failed' } & WhyNot)> {
  try {
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(leftMs(lease))))
    return { kind: await writeIntent(tools.store, edit, tools.writer, signal) }
  } catch (error) {
    await pauseBucket(error, tools)
    tools.log.warn({ editId: edit.id, err: error }, 'receipt could not be written, nothing was submitted')
    const message = error instanceof Error ? error.message : ''
    return { kind: 'failed', code: 'ReceiptFailed', message }
  }
}
