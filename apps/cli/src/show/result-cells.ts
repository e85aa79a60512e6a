import type { Edit } from '@restyle/client/types'
import { models } from '@restyle/dashscope/models'
import { escapeCell } from './escape-cell.ts'

/** The most that any model makes in one edit: every results file has the same columns. */
const MOST_IMAGES = Math.max(...Object.values(models).map(({ accepts }) => accepts.n[1]))

const imageColumns = Array.from({ length: MOST_IMAGES }, (_, index) => `image_${index + 1}_key`)

/** The first line of a results file. */
export const resultHeader = `${['key', 'state', ...imageColumns, 'sha256', 'cost', 'error_code', 'error_message'].join(',')}\r\n`

/** One edit as escaped cells: `sha256` lists the digests of the images, separated by spaces; `cost` is in CNY. */
export function resultCells({ key, state, images, cost, failure }: Edit): string[] {
  const keys = imageColumns.map((_, index) => images.find((image) => image.index === index)?.key ?? '')
  const digests = images.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [sha256]))
  const money = (cost.micros / 1_000_000).toFixed(6).replace(/0{1,4}$/, '')
  return [key, state, ...keys, digests.join(' '), money, failure?.code ?? '', failure?.message ?? ''].map(
    escapeCell,
  )
}
