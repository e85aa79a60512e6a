import { moneyText } from '@restyle/dashscope/money'
import { EditView } from '@restyle/shared/contract/edit'
import { type Resolution, ReviewPage, type ReviewView } from '../review/review.ts'
import type { Api } from './api/api.ts'
import type { Io } from './io.ts'
import { durationText } from './show/duration-text.ts'
import { hand, say } from './show/say.ts'
import type { ExitCode } from './stop.ts'

const PAGE = 100
const PROMPT_SHOWN = 60

/** Shows the edits that wait for a decision, and what each decision costs; `json`: a line each, and nothing else. */
export async function review({ json }: { json?: true }, api: Api, io: Io): Promise<ExitCode> {
  let held = 0
  for await (const each of reviewsOf(api)) {
    held += 1
    if (json === true) await hand(io.stdout, `${JSON.stringify(each)}\n`, io.signal)
    else say(io.stdout, ...linesOf(each, io.now()))
  }
  if (json === undefined) say(io.stdout, ...(held === 0 ? ['No edit is held.'] : choices))
  return 0
}

/** Decides one held edit, and says what that means. */
export async function decide(
  editId: string,
  resolution: Resolution,
  { json }: { json?: true },
  api: Api,
  io: Io,
): Promise<ExitCode> {
  const edit = await api.call('POST', `/v1/edits/${encodeURIComponent(editId)}/resolution`, EditView, {
    body: JSON.stringify(resolution),
    headers: { 'content-type': 'application/json' },
  })
  if (json === true) await hand(io.stdout, `${JSON.stringify(edit)}\n`, io.signal)
  else say(io.stdout, outcomeOf(edit.id, resolution))
  return 0
}

async function* reviewsOf(api: Api): AsyncGenerator<ReviewView> {
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === undefined ? {} : { cursor }) })
    const page = await api.call('GET', `/v1/reviews?${query.toString()}`, ReviewPage)
    yield* page.reviews
    cursor = page.nextCursor
  } while (cursor !== undefined)
}

function linesOf({ edit, why, attempt, heldAt, candidates, reservedMicros }: ReviewView, now: number) {
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
  'Look in the vendor console which task is whose, then say for each edit:',
  '  restyle review adopt <edit> <task>   that task is its own: its images are taken, nothing more is billed',
  '  restyle review resubmit <edit>       submit it again: billed twice if one of the tasks was its own after all',
  '  restyle review drop <edit>           give it up, it fails: if it made a task, that is billed and not stored',
]

function outcomeOf(id: string, resolution: Resolution): string {
  switch (resolution.action) {
    case 'adopt':
      return `${id} takes the images of task ${resolution.taskId}; nothing more is billed`
    case 'resubmit':
      return `${id} is submitted again; it is billed twice if its earlier submit made a task after all`
    case 'drop':
      return `${id} has failed; a task that it may have made is billed all the same, and its images are not stored`
  }
}
