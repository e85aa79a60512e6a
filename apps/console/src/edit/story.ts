import type { EditHistory } from '@restyle/client/types'
import { duration } from '../app/format.ts'

type Step = EditHistory['steps'][number]

const words: Readonly<Record<Step['step'], (what: string) => string>> = {
  accepted: () => 'Accepted',
  submitting: () => 'A submit was intended',
  task: (what) => `The vendor made task ${what}`,
  'no-task': (what) => `The submit made no task: ${what}`,
  rendered: () => 'Its images came',
  'cancel-asked': () => 'It was canceled while its submit was under way',
  held: () => 'Held: a person must decide',
  ended: (what) => (what === '' ? 'Ended' : `Ended as ${what}`),
}

export type Line = {
  key: string
  at: string
  words: string
  attempt: number | undefined
  after: string | undefined
}

/** The steps as lines, each with how long after the one before it came. */
export const linesOf = (steps: readonly Step[]): Line[] =>
  steps.map(({ at, step, attempt, what = '' }, i) => {
    const before = steps[i - 1]
    return {
      key: `${i} ${step}`,
      at,
      words: words[step](what),
      attempt,
      after: before === undefined ? undefined : duration(Date.parse(at) - Date.parse(before.at)),
    }
  })
