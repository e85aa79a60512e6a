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
  if (isOvertaken(wordOf(has), change))
    throw new ApiError('precondition-failed', otherwise(has), {
      call: `PUT /v1/edits/${edit}/verdict`,
      status: 412,
    })
  if (isSaidBetter(wordOf(has), change)) return
  const { verdict, ...what } = change.after
  const request = verdict === 'none' ? { verdict: null } : { verdict, ...what }
  try {
    await verdicts.set(edit, request, tag === undefined ? {} : { ifMatch: tag })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.code === 'too-many-verdicts') return storeAmongMany(verdicts, judged, change.after, wordOf(has))
    if (error.status !== 412) throw error
    // the answer was lost and the call repeated: then what is there is what was said
    const { verdict: is } = await verdicts.readTagged(edit)
    if (!isAlike(wordOf(is), change.after)) throw error
  }
}

type Has = Awaited<ReturnType<Verdicts['readTagged']>>['verdict']

function otherwise(has: Has): string {
  if (has.verdict === null) return 'Somebody has taken the verdict back meanwhile.'
  const who = giverOf(has) ?? 'Somebody'
  return `${who.startsWith('key ') ? `The ${who}` : who} has decided otherwise: ${verdictWords[has.verdict]}.`
}

const wordOf = (has: Has): Said => ({
  ...has,
  verdict: has.verdict ?? 'none',
})
