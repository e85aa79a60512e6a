import type { Action, KeyChoices } from '../app/keys.ts'

type Remapped = Partial<Record<Action, readonly string[]>>

/**
 * Keys as other programs have them for the same. What stood on such a key moves to another one; a test looks that no two actions of
 * one place share one.
 */
export const presets = [
  { name: 'restyle', word: 'Restyle: A approves, X rejects, U clears', remapped: {} },
  {
    name: 'lightroom',
    word: 'Lightroom: P approves (pick), X rejects, U clears',
    remapped: { approve: ['p'], 'approve-stay': ['Shift+p'] },
  },
  {
    name: 'argos',
    word: 'Argos: Y approves, N rejects (then W copies the address, A shows after)',
    remapped: {
      approve: ['y'],
      'approve-stay': ['Shift+y'],
      reject: ['n'],
      'reject-stay': ['Shift+n'],
      'copy-link': ['w'],
      'mode-after': ['a'],
    },
  },
] as const satisfies readonly { name: string; word: string; remapped: Remapped }[]
export type PresetName = (typeof presets)[number]['name']

/** The keys of a preset; what was set before is gone, but for whether single keys work. */
export const withPreset = (choices: KeyChoices, name: PresetName): KeyChoices => ({
  ...choices,
  remapped: presets.find((each) => each.name === name)?.remapped ?? {},
})

/** The preset that these keys are; undefined where a person has set some of them. */
export const presetOf = ({ remapped }: KeyChoices): PresetName | undefined =>
  presets.find((each) => written(each.remapped) === written(remapped))?.name

const written = (remapped: KeyChoices['remapped']): string =>
  Object.entries(remapped)
    .map(([action, keys = []]) => `${action}: ${keys.join(' or ')}`)
    .toSorted()
    .join()
