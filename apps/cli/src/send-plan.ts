import { createHash } from 'node:crypto'
import type { Client } from '@restyle/client/client'
import { usualChunk } from '@restyle/client/row-chunks'
import type { Batch, BatchRequest, Budget } from '@restyle/client/types'
import type { PlannedEdit } from '@restyle/manifest/check-row'
import type { Io } from './io.ts'
import type { Plan } from '@restyle/manifest/plan-edits'
import { sendResumable } from './send-resumable.ts'
import type { LiveLine } from './show/live-line.ts'
import { printLines } from './show/print.ts'

/**
 * `held`: work begins when all rows are there. `into`: the open batch of an earlier run, which is continued. Without an
 * Idempotency-Key it is made of what is sent, so that the same command again is the same request.
 */
export type SendOptions = {
  name: string
  catalog: string
  priority?: number
  budget?: Budget
  window?: NonNullable<BatchRequest['window']>
  finishBy?: string
  held?: true
  into?: { id: string; total: number }
  idempotencyKey?: string
}

/**
 * Enqueues the edits of a plan as one batch. One chunk goes in one request, which is taken as a whole or not at all; more are
 * streamed, and a run that was cut off goes on with the first row that is missing when its command is given again.
 */
export function sendPlan(
  plan: Plan,
  { held, into, idempotencyKey: given, ...batch }: SendOptions,
  client: Client,
  io: Io,
  line: LiveLine,
): Promise<Batch> {
  const idempotencyKey = given ?? keyOf(plan, batch.catalog)
  const isSmall =
    into === undefined &&
    plan.edits <= usualChunk.rows &&
    plan.bytes <= usualChunk.bytes &&
    held === undefined
  // a killed process says nothing at its end
  if (!isSmall) printLines(io.stderr, `if this run is cut off, ${repeatText(given)} to continue it`)
  let taken = { batch: '', rows: 0 }
  return sendResumable({
    idempotencyKey,
    ...(given === undefined ? { repeat: repeatText(given) } : {}),
    url: client.url,
    signal: io.signal,
    rowName: plan.rowName,
    more: () =>
      taken.rows === 0
        ? []
        : [
            `${taken.rows} rows before are enqueued as ${taken.batch}, which is still open: once the producer takes the others, ${repeatText(given)} to continue`,
          ],
    send: async () => {
      if (isSmall) return client.batches.create({ ...batch, edits: await allOf(plan) }, { idempotencyKey })
      return client.batches
        .stream(editsOf(plan), {
          ...batch,
          idempotencyKey,
          // a key that was given stands for these rows, and another one for the catalog that they are of
          rowsDigest: given === undefined ? plan.catalogDigest : plan.digest,
          ...(into === undefined ? {} : { into }),
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

/** The same as long as the same is to be done with the same rows of before. */
function keyOf({ digest, baseDigest, catalogDigest }: Plan, catalog: string): string {
  const told = JSON.stringify([catalog, digest, baseDigest, catalogDigest])
  return `run-${createHash('sha256').update(told).digest('hex').slice(0, 40)}`
}

/** How a run goes on that was cut off. */
const repeatText = (idempotencyKey: string | undefined): string =>
  idempotencyKey === undefined
    ? 'give the same command again'
    : `give the same command again, with --idempotency-key ${idempotencyKey}`
