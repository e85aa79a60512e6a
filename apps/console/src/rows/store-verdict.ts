import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import { isAlike, isOvertaken, isSaidBetter, type Said } from './said.ts'
import type { Change } from './verdict-desk.ts'
import { giverOf, verdictWords } from './words.ts'

type Verdicts = Pick<Client['verdicts'], 'readTagged' | 'set' | 'judge' | 'wait'>
/** What is judged; its row counts from 1. */
type Judged = { edit: string; batch: string; row: number }

/**
 * Stores a verdict where nobody has decided since `before` was shown, else throws with who did. The tag of what is decided on is asked
 * for first: rows are read without it.
 */
export async function storeVerdict(verdicts: Verdicts, judged: Judged, change: Change): Promise<void> {
  const { edit } = judged
  const { verdict: has, tag } = await verdicts.readTagged(edit)
  if (isOvertaken(wordOf(has), change) && !isWished(has, change)) throw overtaken(edit, otherwise(has))
  if (isSaidBetter(wordOf(has), change)) return
  const set = (to: string | undefined) =>
    verdicts.set(edit, requestOf(change.after), to === undefined ? {} : { ifMatch: to })
  try {
    await set(tag)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.code === 'too-many-verdicts') return storeAmongMany(verdicts, judged, change.after, wordOf(has))
    if (error.status !== 412) throw error
    const now = await verdicts.readTagged(edit)
    // the answer was lost and the call repeated: then what is there is what was said
    if (isAlike(wordOf(now.verdict), change.after)) return
    if (!isWished(now.verdict, change)) throw error
    await set(now.tag)
  }
}

/** It has what this page had many rows judged as, which came in between. */
const isWished = (has: Told, { wished = [] }: Change): boolean => wished.includes(wordOf(has).verdict)

function requestOf({ verdict, ...what }: Said) {
  return verdict === 'none' ? { verdict: null } : { verdict, ...what }
}

/**
 * Of a batch with so many single verdicts that it takes no more, one row is judged as many are. Then nothing is kept of it but the
 * verdict: one on another take or on one of several images would be on another picture, and is refused.
 */
async function storeAmongMany(
  verdicts: Verdicts,
  { edit, batch, row }: Judged,
  after: Said,
  has: Said,
): Promise<void> {
  const { redo, image, note, verdict } = after
  if (redo !== undefined || image !== undefined || note !== undefined || verdict === has.verdict)
    throw new Error(
      'The batch has so many single verdicts that no other take and no image can be named in one any more, and no note.',
    )
  const order = {
    verdict: verdict === 'none' ? null : verdict,
    rows: String(row),
    where: { verdict: has.verdict },
  }
  const { id } = await verdicts.judge(batch, order)
  const { done } = await verdicts.wait(id)
  if (done === 0) throw overtaken(edit, 'Somebody has decided otherwise.')
}

const overtaken = (edit: string, said: string): ApiError =>
  new ApiError('precondition-failed', said, { call: `PUT /v1/edits/${edit}/verdict`, status: 412 })

type Told = Awaited<ReturnType<Verdicts['readTagged']>>['verdict']
function otherwise(has: Told): string {
  if (has.verdict === null) return 'Somebody has taken the verdict back meanwhile.'
  const who = giverOf(has) ?? 'Somebody'
  return `${who.startsWith('key ') ? `The ${who}` : who} has decided otherwise: ${verdictWords[has.verdict]}.`
}

const wordOf = (has: Told): Said => ({
  ...has,
  verdict: has.verdict ?? 'none',
})
