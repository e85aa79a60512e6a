import { type KeyChoices, keyOf, type KeyFacts, keysOf, type KeyRow, type Where } from '../app/keys.ts'

/** Sets another key for an action; the key that it has anyway is no choice. */
export function remap(choices: KeyChoices, row: KeyRow, key: string): KeyChoices {
  const { [row.action]: _, ...others } = choices.remapped
  const isOwn = row.keys.length === 1 && row.keys[0] === key
  return { ...choices, remapped: isOwn ? others : { ...others, [row.action]: [key] } }
}

/** Gives an action the keys that it has for everybody. */
export function reset(choices: KeyChoices, { action }: Pick<KeyRow, 'action'>): KeyChoices {
  const { [action]: _, ...others } = choices.remapped
  return { ...choices, remapped: others }
}

/** The key that was pressed to set it; undefined for keys that a form needs itself. */
export function chosenKey(pressed: KeyFacts): string | undefined {
  const key = keyOf(pressed)
  return key === undefined || ['Tab', 'Shift+Tab', 'Escape', 'Enter'].includes(key) ? undefined : key
}

/** Actions that may be meant in the same place, and that a key stands for already. */
export const clashes = (
  table: readonly KeyRow[],
  choices: KeyChoices,
  row: KeyRow,
  key: string,
): readonly KeyRow[] =>
  table.filter(
    (each) =>
      each.action !== row.action &&
      isBeside(each.where, row.where) &&
      keysOf(each, choices).some((other) => other === key || other.startsWith(`${key} `)),
  )

const both: Where = 'gallery and viewer'

/** Whether keys of both places work at once somewhere. */
const isBeside = (one: Where, other: Where): boolean =>
  one === other ||
  [one, other].includes('everywhere') ||
  ([one, other].includes(both) && [one, other].every((each) => both.includes(each)))
