import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import type { Batch } from '@restyle/client/types'
import { moneyText } from '@restyle/dashscope/money'
import type { Io } from './io.ts'
import { errorLines } from './show/error-lines.ts'
import { failureGroups } from './show/failure-groups.ts'
import { failuresOf } from './show/failures-shown.ts'
import { liveLine } from './show/live-line.ts'
import { endedOf, progressLine, progressParts } from './show/progress-line.ts'
import { onceTold } from './show/once-told.ts'
import { paintFor, paintProgress } from './show/paint.ts'
import { printLines, writeRaw } from './show/print.ts'
import { waitLines, waitText } from './show/wait-lines.ts'
import { Stop, type ExitCode } from './stop.ts'
import { countText } from './show/count-text.ts'

const POLL = { firstMs: 1000, lastMs: 5000, growth: 1.25 }

/**
 * Shows the progress of a batch until every edit has ended, then what failed and why. Ctrl-C ends the watching, not the
 * batch. `more`: what is printed beside it as JSON. A producer that stops answering after the first answer is waited for.
 */
export async function watch(
  batchId: string,
  { json, more = {} }: { json?: true; more?: object },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const paint = paintFor(io.stdout, io.env)
  const line = liveLine(io.stdout, io.now, (text) =>
    text.startsWith('failed: ') ? paint.red(text) : paintProgress(text, paint),
  )
  const render = (batch: Batch) => (width: number | undefined) =>
    width === undefined
      ? progressParts(io.now(), batch).join('  ')
      : [progressLine(io.now(), batch, width), ...waitLines(batch, width)].join('\n')
  const look = () => client.batches.read(batchId)
  const say = (...lines: string[]) => {
    // the line that is rewritten must not be continued
    line.end()
    printLines(io.stderr, ...lines)
  }
  // on a terminal it stands under the line of progress
  const tellStandstill = standstills(say, io.stdout.isTTY === true && json === undefined)
  const trouble = onceTold(say)
  const tellFailures = failuresOf(client, (text) => line.above(text))
  let batch: Batch | undefined
  try {
    batch = await look()
    let retryAfterMs = 0
    for (let ms = POLL.firstMs; !isDone(batch); ms = Math.min(ms * POLL.growth, POLL.lastMs)) {
      if (json === undefined) {
        await tellFailures(batch)
        line.show(render(batch))
      }
      tellStandstill(batch)
      await io.wait(Math.max(ms, retryAfterMs), io.signal)
      const seen = await look().catch(transient)
      retryAfterMs = seen instanceof ApiError ? (seen.retryAfterMs ?? 0) : 0
      if (seen instanceof ApiError) {
        trouble.say(`${errorLines(seen, client.url)[0]}; asking again`)
        continue
      }
      trouble.reset()
      // poll quickly while edits end
      if (endedOf(seen) > endedOf(batch)) ms = POLL.firstMs
      batch = seen
    }
    if (json === undefined) line.end(render(batch))
    if (json === true) await writeRaw(io.stdout, `${JSON.stringify({ ...batch, ...more })}\n`, io.signal)
    return await outcome(batch, client, io)
  } catch (error) {
    line.end()
    if (!io.signal.aborted) throw error
    if (json === true && batch !== undefined) io.stdout.write(`${JSON.stringify({ ...batch, ...more })}\n`)
    throw new Stop('interrupted', goneLines(batchId, batch))
  }
}

/** An open batch may get more rows, also when all that it has have ended. */
const isDone = (batch: Batch): boolean =>
  batch.completedAt !== undefined || (batch.open !== true && endedOf(batch) === batch.total)

/** After Ctrl-C: what was paid, and how to go on. */
function goneLines(id: string, batch: Batch | undefined): string[] {
  const goOn = [
    `The batch continues. Watch it again with: restyle watch ${id}`,
    `Hold it back with: restyle pause ${id}`,
    `End it with: restyle cancel ${id}`,
  ]
  if (batch === undefined) return goOn
  const { cost, images } = batch
  const text = (micros: number) => moneyText({ currency: 'CNY', micros })
  const more = cost.reservedMicros > 0 ? `; ${text(cost.reservedMicros)} more is reserved for what runs` : ''
  return [`Paid so far: ${text(cost.micros)}, ${countText(images, 'image')} stored${more}.`, ...goOn]
}

/** Says what holds a batch, each time it is another thing. `isLive`: what it waits for is shown elsewhere. */
function standstills(say: (...lines: string[]) => void, isLive: boolean): (batch: Batch) => void {
  let held = 0
  let standing = ''
  return (batch) => {
    if (batch.counts.review !== held) {
      held = batch.counts.review
      say(...heldLines(held))
    }
    const stops = stopLines(batch)
    // what is counted in the sentence may change each second
    const now = [...stops, isLive ? '' : (batch.waitsFor?.code ?? '')].join()
    if (now === standing) return
    standing = now
    const lines = [...stops, ...(isLive ? [] : waitedFor(batch))]
    if (lines.length > 0) say(...lines)
  }
}

const heldLines = (held: number): string[] =>
  held === 0 ? [] : [`${held} held: a person must decide before the batch can end, see: restyle review`]

const waitedFor = (batch: Batch): string[] => {
  const text = waitText(batch)
  return text === undefined ? [] : [`it waits: ${text}`]
}

/** Why nothing of it goes, and how to go on. */
const stopLines = ({ id, stops = [] }: Batch): string[] =>
  stops.map(({ reason, detail }) => {
    if (reason === 'person') return `it is paused: restyle resume ${id}`
    const how = reason === 'budget' ? ` (restyle budget ${id} <amount>)` : ''
    return `it stands still: ${detail ?? reason}${how}`
  })

function transient(error: unknown): ApiError {
  if (error instanceof ApiError && error.transient) return error
  throw error
}

async function outcome({ id, counts, total }: Batch, client: Client, io: Io): Promise<ExitCode> {
  if (counts.succeeded === total) return 0
  const groups = failureGroups()
  if (counts.failed > 0)
    for await (const edit of client.batches.edits(id)) if (edit.state === 'failed') groups.add(edit)
  printLines(
    io.stderr,
    ...groups.lines(),
    `${total - counts.succeeded} of ${total} did not succeed: restyle results ${id}`,
  )
  return 1
}
