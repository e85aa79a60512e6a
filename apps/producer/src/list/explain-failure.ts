import { wordsAfterTask, wordsAtSubmit } from '@restyle/dashscope/action-words'
import { explain } from '@restyle/dashscope/catalogue'
import { type FailureCode, failureCodes } from '@restyle/shared/contract/failure-codes'

/**
 * What helps: to send the edit again as it is, to change it, or to put something right first, such as the bucket, the account
 * or the network.
 */
export const remedies = ['unchanged', 'changed', 'repaired'] as const
export type Remedy = (typeof remedies)[number]

/** A code in words; `isKnown` is false for one that no table has. */
export type FailureWords = {
  isKnown: boolean
  meaning: string
  whatWeDid: string
  whatYouCanDo: string
  retry: Remedy
}

const remedyOf: Readonly<Record<FailureCode, Remedy>> = {
  SourceMissing: 'repaired',
  SourceUnreadable: 'repaired',
  SourceExpired: 'changed',
  SourceElsewhere: 'changed',
  RowsUnreadable: 'repaired',
  TaskExpired: 'unchanged',
  NeverAnswered: 'repaired',
  NeverSent: 'repaired',
  Unknown: 'unchanged',
  NoImages: 'unchanged',
  Missing: 'unchanged',
  ImageExpired: 'unchanged',
  ImageStranded: 'repaired',
  ImageRefused: 'repaired',
  ImageBroken: 'unchanged',
  Dropped: 'unchanged',
}

const isOurs = (code: string): code is FailureCode => Object.hasOwn(failureCodes, code)

/** Says what a failure's code means, from the tables that docs/operations.md prints. `message`: of one edit that has it. */
export function explainFailure(code: string, message?: string): FailureWords {
  if (isOurs(code)) {
    const { meaning, todo } = failureCodes[code]
    return { isKnown: true, meaning, whatWeDid: didForOurs(code), whatYouCanDo: todo, retry: remedyOf[code] }
  }
  const status = /^Http(\d{3})$/.exec(code)?.[1]
  const found = explain(code, message, status === undefined ? undefined : Number(status))
  const { meaning, atSubmit, failedTask, todo, match } = found
  return {
    isKnown: match !== 'unknown',
    meaning,
    whatWeDid: `Where a submit is refused with it, Restyle ${wordsAtSubmit[atSubmit]}; after a task that failed with it, it ${wordsAfterTask[failedTask]}.`,
    whatYouCanDo: todo,
    retry: failedTask === 'failEdit' ? 'changed' : failedTask === 'pauseLane' ? 'repaired' : 'unchanged',
  }
}

const didForOurs = (code: FailureCode): string =>
  code.startsWith('Image')
    ? 'Restyle tried until the address of the image expired, and then failed the image.'
    : code === 'Dropped'
      ? 'A person decided so.'
      : 'Restyle fails the edit.'
