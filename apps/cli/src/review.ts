import type { Client } from '@restyle/client/client'
import { moneyText } from '@restyle/dashscope/money'
import type { Resolution, Review } from '@restyle/client/types'
import type { Io } from './io.ts'
import { durationText } from '@restyle/shared/duration-text'
import { printLines, writeRaw } from './show/print.ts'
import type { ExitCode } from './stop.ts'

const PROMPT_SHOWN = 60

/** Shows the edits that wait for a decision, and what each decision costs; with `json` one line each and nothing else. */
export async function review({ json }: { json?: true }, client: Client, io: Io): Promise<ExitCode> {
  let held = 0
  for await (const each of client.reviews.all()) {
    held += 1
    if (json === true) await writeRaw(io.stdout, `${JSON.stringify(each)}\n`, io.signal)
    else printLines(io.stdout, ...linesOf(each, io.now()))
  }
  if (json === undefined) printLines(io.stdout, ...(held === 0 ? ['No edit is held.'] : choices))
  return 0
}

/** Decides one held edit, and prints what follows from that. */
export async function decide(
  editId: string,
  resolution: Resolution,
  { json }: { json?: true },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const edit = await client.reviews.resolve(editId, resolution)
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(edit)}\n`, io.signal)
  else printLines(io.stdout, outcomeOf(edit.id, resolution))
  return 0
}

function linesOf({ edit, why, attempt, heldAt, candidates, reservedMicros }: Review, now: number) {
  const { id, key, prompt } = edit
  const shown = prompt.length > PROMPT_SHOWN ? `${prompt.slice(0, PROMPT_SHOWN)}…` : prompt
  const reserved = moneyText({ currency: 'CNY', micros: reservedMicros })
  return [
    `${id}  ${key}  "${shown}"`,
    `  why: ${why}`,
    `  held for ${durationText(now - Date.parse(heldAt))}, since ${heldAt}; submit ${attempt}; ${reserved} stays reserved`,
    `  candidates: ${candidates.length === 0 ? 'none known' : candidates.join(', ')}`,
    '',
  ]
}

const choices = [
  'Look in the vendor console which task belongs to which edit, then decide each edit:',
  '  restyle review adopt <edit> <task>   the task belongs to the edit: take its images, nothing more is billed',
  '  restyle review resubmit <edit>       submit it again: billed twice if one of the tasks was its own',
  '  restyle review drop <edit>           let it fail: if it made a task, that is billed and not stored',
]

function outcomeOf(id: string, resolution: Resolution): string {
  switch (resolution.action) {
    case 'adopt':
      return `${id} takes the images of task ${resolution.taskId}; nothing more is billed`
    case 'resubmit':
      return `${id} is submitted again; it is billed twice if its earlier submit made a task`
    case 'drop':
      return `${id} has failed; if it made a task, that is billed and its images are not stored`
    case 'giveUp':
      return `${id} is tried once more, within about a minute; then what it could not store fails, and stays paid for`
  }
}
