import type { Client } from '@restyle/client/client'
import type { Operation, VerdictName } from '@restyle/client/types'
import type { Io } from './io.ts'
import { liveLine } from './show/live-line.ts'
import { printLines, writeRaw } from './show/print.ts'
import { Stop, type ExitCode } from './stop.ts'

/** What can be said of rows; `none` takes back what was said. */
export const verdictWords = ['approved', 'rejected', 'redo', 'none'] as const

export type VerdictFlags = { rows?: string; all?: true; except?: string; json?: true }

/** Judges many rows of a batch, and waits until all are. */
export async function verdict(
  batch: string,
  word: VerdictName | 'none',
  { rows, all, except, json }: VerdictFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  if ((rows === undefined) === (all === undefined))
    throw new Stop('input', ['say which rows: either --rows 1-300,7 or --all'])
  const operation = await client.verdicts.judge(batch, {
    verdict: word === 'none' ? null : word,
    ...(rows === undefined ? { where: {} } : { rows }),
    ...(except === undefined ? {} : { except }),
  })
  const line = liveLine(io.stderr, io.now)
  const ended = await client.verdicts.wait(operation.id, {
    signal: io.signal,
    onRead: ({ done, matched }) => line.show(() => `${done} of ${matched} rows judged`),
  })
  line.end()
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(ended)}\n`, io.signal)
  else printLines(io.stdout, ...linesOf(ended))
  return 0
}

function linesOf({ id, verdict: said, done, left, skipped }: Operation): string[] {
  const rows = done === 1 ? '1 row' : `${done} rows`
  return [
    said === null ? `the verdict of ${rows} was taken back` : `${rows} judged: ${said}`,
    ...(skipped === 0 ? [] : [`${skipped} of those that were named have no images to judge`]),
    ...(left === 0 ? [] : [`${left} were judged by somebody else meanwhile, and stay so`]),
    `undo it for 30 days: POST /v1/operations/${id}/undo`,
  ]
}
