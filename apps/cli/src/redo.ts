import type { Client } from '@restyle/client/client'
import type { Edit, RedoRequest } from '@restyle/client/types'
import type { Io } from './io.ts'
import { forecastLines } from './show/forecast-lines.ts'
import { printLines, writeRaw } from './show/print.ts'
import type { ExitCode } from './stop.ts'

export type RedoFlags = {
  prompt?: string
  negative?: string
  seed?: number | 'none'
  n?: number
  size?: string
  dryRun?: true
  json?: true
}

/** Makes the picture of an edit once more, or says what that would cost. */
export async function redo(
  id: string,
  { dryRun, json, negative, seed, ...changes }: RedoFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const request: RedoRequest = {
    ...changes,
    ...(seed === undefined ? {} : { seed: seed === 'none' ? null : seed }),
    ...(negative === undefined ? {} : { negativePrompt: negative }),
  }
  const answer =
    dryRun === true
      ? await client.edits.forecastRedo(id, request)
      : await client.edits.redo(id, request, { idempotencyKey: io.newId() })
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(answer)}\n`, io.signal)
  else printLines(io.stdout, ...('id' in answer ? linesOf(answer) : forecastLines(answer, io.now())))
  return 0
}

const linesOf = ({ id, redoOf }: Edit): string[] => [
  `${id} makes ${redoOf} once more; each image is billed as ever`,
]
