import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import { isAlike, isOvertaken, type Said } from './said.ts'
import type { Change } from './verdict-desk.ts'

type Verdicts = Pick<Client['verdicts'], 'readTagged' | 'set'>

/**
 * Stores a verdict where nobody has decided since `before` was shown, else throws with who did. The tag of what is decided on is asked
 * for first: rows are read without it.
 */
export async function storeVerdict(verdicts: Verdicts, edit: string, change: Change): Promise<void> {
  const { verdict: has, tag } = await verdicts.readTagged(edit)
  if (isOvertaken(wordOf(has), change))
    throw new ApiError('precondition-failed', `The key ${has.by} has decided otherwise: ${has.verdict}.`, {
      call: `PUT /v1/edits/${edit}/verdict`,
      status: 412,
    })
  const { verdict, ...what } = change.after
  const request = verdict === 'none' ? { verdict: null } : { verdict, ...what }
  try {
    await verdicts.set(edit, request, tag === undefined ? {} : { ifMatch: tag })
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 412) throw error
    // the answer was lost and the call repeated: then what is there is what was said
    const { verdict: is } = await verdicts.readTagged(edit)
    if (!isAlike(wordOf(is), change.after)) throw error
  }
}

const wordOf = (has: Awaited<ReturnType<Verdicts['readTagged']>>['verdict']): Said => ({
  ...has,
  verdict: has.verdict ?? 'none',
})
