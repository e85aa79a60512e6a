import type { Edit } from '@restyle/shared/contract/edit'
import type { Forecasts } from '@restyle/shared/forecasts'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { mostRedos, redoneOf, redosOf } from '@restyle/shared/rows/redos'
import { textOfMoney } from '@restyle/shared/contract/money'
import { readEdit, type ReadTools } from '@restyle/shared/rows/read-edits'
import type { Store } from '@restyle/shared/store/store'
import { isDamage } from '../http/forecast-answer.ts'
import { Problem } from '../http/problem.ts'
import { foretell } from '../intake/foretell.ts'

/** What is different in a redo; what is absent is as it was. `seed` null: none, so that another picture comes. */
export type Changes = {
  prompt?: string | undefined
  negativePrompt?: string | undefined
  seed?: number | null | undefined
  n?: number | undefined
  size?: string | undefined
}

/** The edit that a redo asks for. A person waits for it, so it goes first. */
export function requestOfRedo({ key, request }: Pick<Edit, 'key' | 'request'>, changes: Changes) {
  const { seed, ...others } = { ...request, ...definedOf(changes), key, class: 'interactive' as const }
  return seed === null || seed === undefined ? others : { ...others, seed }
}

const definedOf = (changes: Changes): Partial<Changes> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))

/** What a redo would cost, and when it would be done. */
export async function foretellRedo(
  edit: Edit,
  changes: Changes,
  forecasts: Forecasts,
): Promise<Awaited<ReturnType<typeof foretell>>['answer']> {
  const { model, n } = requestOfRedo(edit, changes)
  const parts = [{ model, class: 'interactive' as const, rows: 1, images: n ?? 1 }]
  return (await foretell(forecasts, { producer: edit.producer, parts }, Date.now())).answer
}

/** Throws a `Problem` where the edit is none that is made once more, or cannot be paid. */
export async function checkRedo(
  edit: Edit,
  changes: Changes,
  { store, forecasts }: { store: Pick<Store, 'list'>; forecasts: Forecasts },
): Promise<void> {
  checkState(edit)
  if ((await redosOf(store, edit)).length >= mostRedos)
    throw refused(`Edit ${redoneOf(edit)} was made again ${mostRedos} times: enqueue an edit of its own.`)
  // where no forecast can be made the cap itself holds it back
  const { price, left } = await foretellRedo(edit, changes, forecasts).catch((error: unknown) => {
    if (isDamage(error)) return { price: [], left: [] }
    throw error
  })
  for (const { currency, mostMicros } of price) {
    const short = left.find((each) => each.currency === currency && each.freeMicros < mostMicros)
    if (short === undefined) continue
    const until = 'until' in short ? `, until ${short.until}` : ''
    throw refused(
      `It costs up to ${textOfMoney({ currency: short.currency, micros: mostMicros })}, and of the cap ${textOfMoney({ currency: short.currency, micros: short.freeMicros })} is left${until}. An admin can raise the cap: PATCH /v1/producers/{name}.`,
    )
  }
}

function checkState({ id, state, batch }: Edit): void {
  if (state === 'succeeded') return
  if (state === 'failed' && batch !== '')
    throw refused(`Edit ${id} has failed: retry it with POST /v1/batches/${batch}/retry.`)
  if (state === 'failed' || state === 'canceled') throw refused(`Edit ${id} is ${state}: enqueue it again.`)
  throw refused(`Edit ${id} is ${state}: wait until it has ended.`)
}

const refused = (detail: string): Problem => new Problem('not-redone', `${detail} Nothing was enqueued.`)

type MarkTools = ReadTools & { ledger: ReadTools['ledger'] & Pick<Ledger, 'judge' | 'readBatch'> }

/** Says of the edit that is made once more that it is, and by which redo; where it cannot be judged any more it stays as it is. */
export async function markRedone(edit: Edit, redo: string, by: string, tools: MarkTools): Promise<void> {
  const id = redoneOf(edit)
  const redone = id === edit.id ? edit : await readEdit(id, tools)
  if (redone === undefined) return
  const batch = redone.batch === '' ? undefined : await tools.ledger.readBatch(redone.batch)
  await tools.ledger.judge(redone, { verdict: 'redo', by, redo }, { takes: (batch?.retries ?? 0) + 1 })
}
