import type { FailureSum } from '@restyle/client/types'

/** What helps, in a word or two. */
export const remedyWords: Readonly<Record<FailureSum['retry'], string>> = {
  unchanged: 'Retry as it is',
  changed: 'Change the edit',
  repaired: 'Repair first',
}

/** A meaning of the tables as a sentence. */
export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
