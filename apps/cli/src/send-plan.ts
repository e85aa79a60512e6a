import type { Client } from '@restyle/client/client'
import { usualChunk } from '@restyle/client/row-chunks'
import type { Batch } from '@restyle/client/types'
import type { PlannedEdit } from '@restyle/manifest/check-row'
import type { Io } from './io.ts'
import type { Plan } from '@restyle/manifest/plan-edits'
import { sendResumable } from './send-resumable.ts'
import type { LiveLine } from './show/live-line.ts'
import { printLines } from './show/print.ts'

/** `held`: work begins when all rows are there. Without an Idempotency-Key a new one is made. */
export type SendOptions = { name: string; priority?: number; held?: true; idempotencyKey?: string }

/**
 * Enqueues the edits of a plan as one batch. One chunk goes in one request, which is taken as a whole or not at all; more are
 * streamed, and a run that was cut off goes on under its key with the first row that is missing.
 */
export function sendPlan(
  plan: Plan,
  { held, idempotencyKey: given, ...batch }: SendOptions,
  client: Client,
  io: Io,
  line: LiveLine,
): Promise<Batch> {
  const idempotencyKey = given ?? io.newId()
  const isSmall = plan.edits <= usualChunk.rows && plan.bytes <= usualChunk.bytes && held === undefined
  // a killed process says nothing at its end
  if (!isSmall)
    printLines(io.stderr, `if this run is cut off, continue it with --idempotency-key ${idempotencyKey}`)
  let taken = { batch: '', rows: 0 }
  return sendResumable({
    idempotencyKey,
    url: client.url,
    signal: io.signal,
    rowName: plan.rowName,
    more: () =>
      taken.rows === 0
        ? []
        : [
            `${taken.rows} rows before are enqueued as ${taken.batch}, which is still open: once the producer takes the others, continue with --idempotency-key ${idempotencyKey}`,
          ],
    send: async () => {
      if (isSmall) return client.batches.create({ ...batch, edits: await allOf(plan) }, { idempotencyKey })
      return client.batches
        .stream(editsOf(plan), {
          ...batch,
          idempotencyKey,
          rowsDigest: plan.digest,
          ...(held === undefined ? {} : { held }),
          onChunk: (sent) => {
            taken = sent
            line.show(() => `sent ${sent.rows} of ${plan.edits}`)
          },
        })
        .finally(() => line.end())
    },
  })
}

async function* editsOf(plan: Plan): AsyncGenerator<PlannedEdit> {
  for await (const { edit } of plan.planned()) yield edit
}

async function allOf(plan: Plan): Promise<PlannedEdit[]> {
  const edits: PlannedEdit[] = []
  for await (const edit of editsOf(plan)) edits.push(edit)
  return edits
}
