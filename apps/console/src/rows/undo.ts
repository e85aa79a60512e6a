import { count } from '../app/format.ts'
import type { Said } from './said.ts'
import { verdictWords } from './words.ts'

/** What a person did and can take back: a verdict of one row, or one on many rows, which says what becomes of it. */
export type Deed =
  | { kind: 'verdict'; row: number; edit: string; before: Said; after: Said }
  | { kind: 'operation'; takeBack: () => string }

/** The newest is last. */
export type Deeds = readonly Deed[]

/** More than a person takes back one by one. */
const mostDeeds = 1_000

export const remember = (deeds: Deeds, deed: Deed): Deeds => [...deeds, deed].slice(-mostDeeds)

/** What is taken back next, and what is left then. */
export function takeBack(deeds: Deeds): { deed: Deed; left: Deeds } | undefined {
  const deed = deeds.at(-1)
  return deed === undefined ? undefined : { deed, left: deeds.slice(0, -1) }
}

/** A verdict that was refused is nothing to take back. */
export const forget = (deeds: Deeds, deed: Deed): Deeds => deeds.filter((each) => each !== deed)

/** What a row has after its last verdict was taken back. */
export const backWords = (row: number, { verdict }: Said): string =>
  verdict === 'none'
    ? `Row ${count(row)}: verdict taken back.`
    : `Row ${count(row)}: last verdict taken back. It is ${verdictWords[verdict]}, as before.`
