import type { Batch } from '@restyle/client/types'
import { wrapText } from './text-width.ts'

/** What is told by lines of its own, with how to go on. */
const toldElsewhere: readonly string[] = ['stopped', 'review']

/** Why nothing of a batch is on its way, in a sentence; undefined where something is, or where other lines tell it. */
export const waitText = ({ waitsFor }: Pick<Batch, 'waitsFor'>): string | undefined =>
  waitsFor === undefined || toldElsewhere.includes(waitsFor.code) ? undefined : waitsFor.detail

/** The same under the line of progress, no wider than `width`: at most four lines. */
export function waitLines(batch: Pick<Batch, 'waitsFor'>, width: number): string[] {
  const text = waitText(batch)
  if (text === undefined) return []
  const lines = wrapText(text, width - 2)
  const shown = lines.length > 4 ? [...lines.slice(0, 3), `${lines[3]?.slice(0, width - 3)}…`] : lines
  return shown.map((line) => `  ${line}`)
}
