import { z } from 'zod'
import { type Edit, Failure, World } from '../contract/edit.ts'
import { Currency } from '../contract/money.ts'
import { AcceptedRequest } from '../contract/edit-request.ts'
import { laneOfSubmit } from '../lane-id.ts'
import { endedKey, receiptKey, taskReceiptKey } from '../object-key.ts'
import type { Store } from '../store/store.ts'
import { putJson } from '../store/put-json.ts'

/**
 * What the bucket holds of an attempt: `intent`, created before the POST by exactly one process, and `answer`, written
 * beside it after the POST. Redis can forget or rewind; whoever cannot create the intent must not POST.
 */
export const Intent = z.object({
  v: z.literal(1),
  /** Distinguishes our own intent, which was stored although its answer was lost, from another process's. */
  writer: z.string(),
  attempt: z.int(),
  /** What the lane is (lane-id.ts); its name in receipts of older versions. */
  lane: z.string(),
  intentAt: z.number(),
  leaseUntil: z.number(),
  /** Absent in receipts of older versions. */
  world: World.exactOptional(),
  /** What was reserved, and for which day of its producer; absent in receipts of older versions. */
  money: z.object({ currency: Currency, micros: z.int(), day: z.string() }).exactOptional(),
  edit: z.object({
    id: z.string(),
    producer: z.string(),
    batch: z.string(),
    row: z.int(),
    key: z.string(),
    request: AcceptedRequest,
    bodyHash: z.string(),
    tries: z.int(),
    traceparent: z.string().optional(),
  }),
})
export type Intent = z.infer<typeof Intent>

export const Answer = z.discriminatedUnion('outcome', [
  z.object({ v: z.literal(1), outcome: z.literal('accepted'), taskId: z.string(), at: z.number() }),
  /** No task exists: the vendor refused, or nothing was sent, or the list proved it absent. */
  z.object({ v: z.literal(1), outcome: z.literal('none'), code: z.string(), at: z.number() }),
])
export type Answer = z.infer<typeof Answer>

/** Creates the intent: `mine`, or `theirs` when another process holds this attempt. Throws what the store throws. */
export async function writeIntent(
  store: Store,
  edit: Edit,
  writer: string,
  signal?: AbortSignal,
): Promise<'mine' | 'theirs'> {
  const { id, producer, batch, row, key, request, bodyHash, tries, traceparent } = edit
  const intent: Intent = {
    v: 1,
    writer,
    attempt: edit.attempt,
    lane: edit.lane ?? '',
    intentAt: edit.intentAt ?? 0,
    leaseUntil: edit.leaseUntil ?? 0,
    ...(edit.world === undefined ? {} : { world: edit.world }),
    ...(edit.day === undefined
      ? {}
      : { money: { currency: edit.currency ?? 'CNY', micros: edit.reserved, day: edit.day } }),
    edit: {
      id,
      producer,
      batch,
      row,
      key,
      request,
      bodyHash,
      tries,
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  }
  const { kind } = await putJson(store, receiptKey(id, edit.attempt, 'intent'), intent, signal)
  return kind === 'collision' ? 'theirs' : 'mine'
}

/**
 * Writes what came of the POST and gives the answer that counts: the first one written. A task is also noted under its own
 * id, so that no other edit can take it for its own, whatever the ledger forgets.
 */
export async function writeAnswer(store: Store, edit: Edit, answer: Answer): Promise<Answer> {
  const [{ kind }] = await Promise.all([
    putJson(store, receiptKey(edit.id, edit.attempt, 'answer'), answer),
    answer.outcome === 'accepted' ? claimTask(store, edit, answer.taskId) : undefined,
  ])
  return kind === 'collision' ? ((await readAnswer(store, edit.id, edit.attempt)) ?? answer) : answer
}

const Claim = z.object({ editId: z.string(), attempt: z.int() })

/** Notes that a task is this attempt's: false if it is another's already. */
export async function claimTask(store: Store, edit: Edit, taskId: string): Promise<boolean> {
  const claim: z.infer<typeof Claim> = { editId: edit.id, attempt: edit.attempt }
  return (await putJson(store, taskReceiptKey(laneOfSubmit(edit), taskId), claim)).kind !== 'collision'
}

/** Whose a task is, as far as the bucket knows. */
export async function readClaim(
  store: Store,
  lane: string,
  taskId: string,
): Promise<z.infer<typeof Claim> | undefined> {
  const bytes = await store.get(taskReceiptKey(lane, taskId))
  return bytes === undefined ? undefined : Claim.parse(JSON.parse(bytes.toString()))
}

export async function readAnswer(store: Store, editId: string, attempt: number): Promise<Answer | undefined> {
  const bytes = await store.get(receiptKey(editId, attempt, 'answer'))
  return bytes === undefined ? undefined : Answer.parse(JSON.parse(bytes.toString()))
}

async function readIntent(store: Store, editId: string, attempt: number): Promise<Intent | undefined> {
  const bytes = await store.get(receiptKey(editId, attempt, 'intent'))
  return bytes === undefined ? undefined : Intent.parse(JSON.parse(bytes.toString()))
}

/** How an edit without images ended. `billedMicros`: what it cost although it has none (micro-currency). */
export const Ended = z.discriminatedUnion('state', [
  z.object({ state: z.literal('failed'), failure: Failure, billedMicros: z.int().exactOptional() }),
  z.object({ state: z.literal('canceled'), billedMicros: z.int().exactOptional() }),
])
export type Ended = z.infer<typeof Ended>

/**
 * Notes the end of an edit that has no image in the bucket, so that a rebuilt ledger does not start the edit again. The note
 * counts only for this attempt, and an image counts more than the note: its writer may have been overtaken.
 */
export async function writeEnded(
  store: Store,
  { id, attempt }: Pick<Edit, 'id' | 'attempt'>,
  ended: Ended,
): Promise<void> {
  await putJson(store, endedKey(id, attempt), ended)
}

export async function readEnded(store: Store, editId: string, attempt: number): Promise<Ended | undefined> {
  const bytes = await store.get(endedKey(editId, attempt))
  return bytes === undefined ? undefined : Ended.parse(JSON.parse(bytes.toString()))
}

/** Everything the bucket holds of one attempt. `ended` only where no later attempt shows that the end was overtaken. */
export type AttemptReceipts = {
  intent: Intent | undefined
  answer: Answer | undefined
  ended: Ended | undefined
}

export async function readAttempt(store: Store, editId: string, attempt: number): Promise<AttemptReceipts> {
  const [intent, answer, ended] = await Promise.all([
    readIntent(store, editId, attempt),
    readAnswer(store, editId, attempt),
    readEnded(store, editId, attempt),
  ])
  const mayHaveGoneOn = ended !== undefined && answer?.outcome === 'none'
  const wentOn = mayHaveGoneOn && (await readIntent(store, editId, attempt + 1)) !== undefined
  return { intent, answer, ended: wentOn ? undefined : ended }
}
