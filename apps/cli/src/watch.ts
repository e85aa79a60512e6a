import { BatchView } from '@restyle/shared/contract/batch'
import type { Api } from './api/api.ts'
import { editsOf } from './api/pages.ts'
import type { Io } from './io.ts'
import { failureGroups } from './show/failure-groups.ts'
import { liveLine } from './show/live-line.ts'
import { endedOf, progressLine, progressParts } from './show/progress-line.ts'
import { hand, say } from './show/say.ts'
import { Stop, type ExitCode } from './stop.ts'

const POLL = { firstMs: 1000, lastMs: 5000, growth: 1.25 }

/**
 * Shows how a batch goes on until every edit has ended, then what failed and why. Ctrl-C ends only the watching; a
 * producer that is away after the first answer is waited for.
 */
export async function watch(batchId: string, { json }: { json?: true }, api: Api, io: Io): Promise<ExitCode> {
  const line = liveLine(io.stdout, io.now)
  const render = (batch: BatchView) => (width: number | undefined) =>
    width === undefined ? progressParts(io.now(), batch).join('  ') : progressLine(io.now(), batch, width)
  const look = () => api.call('GET', `/v1/batches/${encodeURIComponent(batchId)}`, BatchView)
  try {
    let batch = await look()
    let held = 0
    for (let ms = POLL.firstMs; !isDone(batch); ms = Math.min(ms * POLL.growth, POLL.lastMs)) {
      if (json === undefined) line.show(render(batch))
      if (batch.counts.review !== held) {
        held = batch.counts.review
        line.end()
        say(io.stderr, ...heldLines(held))
      }
      await io.wait(ms, io.signal)
      const seen = await look().catch(absence)
      if (seen instanceof Stop) say(io.stderr, `${seen.lines[0]}; asking again`)
      // as quick as at first while something happens
      else if (endedOf(seen) > endedOf(batch)) ms = POLL.firstMs
      batch = seen instanceof Stop ? batch : seen
    }
    if (json === undefined) line.end(render(batch))
    if (json === true) await hand(io.stdout, `${JSON.stringify(batch)}\n`, io.signal)
    return await verdict(batch, api, io)
  } catch (error) {
    line.end()
    if (!io.signal.aborted) throw error
    throw new Stop('interrupted', [`The batch goes on. Watch it again with: restyle watch ${batchId}`], 130)
  }
}

const isDone = (batch: BatchView): boolean =>
  batch.completedAt !== undefined || endedOf(batch) === batch.total

const heldLines = (held: number): string[] =>
  held === 0 ? [] : [`${held} held: a person must decide before the batch can end, see: restyle review`]

function absence(error: unknown): Stop {
  if (error instanceof Stop && (error.code === 'absent' || error.code === 'silent')) return error
  throw error
}

async function verdict({ id, counts, total }: BatchView, api: Api, io: Io): Promise<ExitCode> {
  if (counts.succeeded === total) return 0
  const groups = failureGroups()
  if (counts.failed > 0)
    for await (const edit of editsOf(api, id)) if (edit.state === 'failed') groups.add(edit)
  say(
    io.stderr,
    ...groups.lines(),
    `${total - counts.succeeded} of ${total} did not succeed: restyle results ${id}`,
  )
  return 1
}
