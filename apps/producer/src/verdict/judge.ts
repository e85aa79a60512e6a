import type { Batch } from '@restyle/shared/contract/batch'
import type { Edit } from '@restyle/shared/contract/edit'
import { type KeptVerdict, type VerdictView, viewOfVerdict } from '@restyle/shared/contract/verdict'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { JudgedAs, Saying, Standing } from '@restyle/shared/ledger/verdicts'
import { readEdit, type ReadTools } from '@restyle/shared/rows/read-edits'
import { keepRedo } from '@restyle/shared/rows/redos'
import type { Store } from '@restyle/shared/store/store'
import { type KeyNames, nameVerdicts } from '../http/name-verdicts.ts'
import { noSuchEdit } from '../http/own.ts'
import { Problem } from '../http/problem.ts'

export type JudgeTools = KeyNames &
  ReadTools & {
    ledger: Pick<Ledger, 'judge' | 'readBatch' | 'verdictOf'>
    store: Pick<Store, 'putIfAbsent'>
  }

/** How an edit stands, as tags compare it. */
export const shownStanding = ({ verdict }: Standing) =>
  verdict === undefined ? { verdict: null } : viewOfVerdict(verdict)

/** The same as callers see it: with what the key is called that gave the verdict. */
export async function namedStanding({ verdict }: Standing, tools: KeyNames) {
  return verdict === undefined ? { verdict: null } : namedVerdict(verdict, tools)
}

async function namedVerdict(kept: KeptVerdict, tools: KeyNames): Promise<VerdictView> {
  const verdict = viewOfVerdict(kept)
  const [named = { verdict }] = await nameVerdicts([{ verdict }], tools)
  return named.verdict
}

/**
 * Keeps what a person thinks of an edit, and tells how it stands then. `condition` throws where the caller knows it otherwise.
 * Throws a `Problem`.
 */
export async function judge(
  edit: Edit,
  saying: Saying,
  condition: ((shown: unknown) => void) | undefined,
  tools: JudgeTools,
): Promise<Standing> {
  const { ledger, store } = tools
  if (edit.state !== 'succeeded') throw notYet(edit)
  const redo = saying.redo === undefined ? undefined : await redoOfEdit(saying.redo, edit, tools)
  if (redo !== undefined && redo.state !== 'succeeded' && saying.verdict !== 'redo') throw notYet(redo)
  if (saying.image !== undefined) checkImage(redo ?? edit, saying.image)
  // the verdict outlives what the ledger holds of the redo
  if (redo?.state === 'succeeded') await keepRedo(store, redo)
  const before = await ledger.verdictOf(edit)
  try {
    condition?.(shownStanding(before))
  } catch (error) {
    throw error instanceof Problem ? await decidedOtherwise(before, tools) : error
  }
  const batch = edit.batch === '' ? undefined : await ledger.readBatch(edit.batch)
  const known = condition === undefined ? {} : { known: before.known }
  const judged = await ledger.judge(edit, saying, { ...known, takes: takesOf(batch) })
  const now = await ledger.verdictOf(edit)
  if (judged === 'changed') throw await decidedOtherwise(now, tools)
  if (judged !== 'done' && judged !== 'same') throw problemOf(judged, edit)
  return now
}

async function redoOfEdit(id: string, edit: Edit, tools: ReadTools): Promise<Edit> {
  const redo = await readEdit(id, tools)
  if (redo?.redoOf === edit.id && redo.producer === edit.producer) return redo
  throw Problem.ofFaults('invalid-request', [
    {
      pointer: '/redo',
      detail: `must be the id of a redo of ${edit.id}: GET /v1/edits/${edit.id}/takes has all`,
    },
  ])
}

const takesOf = (batch: Batch | undefined): number => (batch?.retries ?? 0) + 1

const notYet = ({ id, state }: Pick<Edit, 'id' | 'state'>): Problem =>
  new Problem('not-judged', `Edit ${id} is ${state}: only an edit that has succeeded has images to judge.`)

function checkImage({ images = [] }: Edit, image: number): void {
  if (images.some(({ index, stored }) => index === image && stored !== undefined)) return
  throw Problem.ofFaults('invalid-request', [
    { pointer: '/image', detail: 'must be the index of an image that is stored' },
  ])
}

function problemOf(judged: Exclude<JudgedAs, 'done' | 'same' | 'changed'>, edit: Edit): Problem {
  switch (judged) {
    case 'open':
      return new Problem('not-judged', 'The row of this edit is done again: judge its next edit.')
    case 'older':
      return new Problem('not-judged', `The row of ${edit.id} has a later edit: judge that one.`)
    case 'full':
      return new Problem(
        'too-many-verdicts',
        'This batch has as many notes and single verdicts as it may have. Judge further rows by POST /v1/batches/{id}/verdicts.',
      )
    case 'none':
      return noSuchEdit()
  }
}

/** Tells who decided what. */
async function decidedOtherwise({ verdict }: Standing, tools: KeyNames): Promise<Problem> {
  const said =
    verdict === undefined ? 'It has no verdict now' : sentenceOf(await namedVerdict(verdict, tools))
  return new Problem(
    'precondition-failed',
    `${said} (If-Match). Nothing was changed: look at it again, and decide anew.`,
  )
}

const sentenceOf = ({ verdict, by, byName, at, note }: VerdictView): string => {
  const who = byName === undefined ? `the key ${by}` : `${byName} (key ${by})`
  return `It is ${verdict === 'redo' ? 'to be done again' : verdict}, as ${who} said at ${at}${note === undefined ? '' : `: “${note}”`}`
}
