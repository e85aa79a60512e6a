import { models } from '@restyle/dashscope/models'
import type { ResultRow } from './result-row.ts'

/** A column of the table of results: `number`: its cells are numbers, or empty. */
export type TableColumn = { head: string; number?: true; cell: (row: ResultRow) => string }

/** The most that any model makes in one edit: every table has the same columns. */
const mostImages = Math.max(...Object.values(models).map(({ accepts }) => accepts.n[1]))

const imageNumbers = Array.from({ length: mostImages }, (_, index) => index)

const imageColumns = (what: 'key' | 'url'): TableColumn[] =>
  imageNumbers.map((index) => ({
    head: `image_${index + 1}_${what}`,
    cell: ({ images }) => images.find((image) => image.index === index)?.[what] ?? '',
  }))

/** What we say of a row; the order is promised, since people join by it. */
const own: readonly TableColumn[] = [
  { head: 'key', cell: ({ key }) => key },
  { head: 'state', cell: ({ state }) => state },
  ...imageColumns('key'),
  {
    head: 'sha256',
    cell: ({ images }) => images.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [sha256])).join(' '),
  },
  { head: 'cost', number: true, cell: ({ cost }) => moneyOf(cost.micros) },
  { head: 'currency', cell: ({ cost }) => cost.currency },
  { head: 'error_code', cell: ({ failure }) => failure?.code ?? '' },
  { head: 'error_message', cell: ({ failure }) => failure?.message ?? '' },
  { head: 'row', number: true, cell: ({ row }) => (row === undefined ? '' : String(row + 1)) },
  { head: 'edit', cell: ({ id }) => id },
  { head: 'source', cell: ({ sources }) => sources.join(' | ') },
  { head: 'prompt', cell: ({ prompt }) => prompt },
]

const links: readonly TableColumn[] = [
  ...imageColumns('url'),
  { head: 'urls_until', cell: ({ images }) => images.find((image) => image.url)?.urlExpiresAt ?? '' },
]

const verdicts: readonly TableColumn[] = [
  { head: 'verdict', cell: ({ verdict }) => verdict?.verdict ?? '' },
  { head: 'verdict_note', cell: ({ verdict }) => verdict?.note ?? '' },
]

/** The columns that every table has. */
export const ownHeads: readonly string[] = own.map(({ head }) => head)

/**
 * The columns of a table: ours, addresses of images and verdicts where they were asked for, and the catalog's own. One of those that is
 * called like one of ours gets `catalog_` in front.
 */
export function tableColumns(
  catalog: readonly string[],
  { links: withLinks = false, verdicts: withVerdicts = false }: { links?: boolean; verdicts?: boolean } = {},
): TableColumn[] {
  const ours = [...own, ...(withLinks ? links : []), ...(withVerdicts ? verdicts : [])]
  const taken = new Set(ours.map(({ head }) => head))
  return [
    ...ours,
    ...catalog.map((name): TableColumn => {
      let head = name
      while (taken.has(head)) head = `catalog_${head}`
      taken.add(head)
      return {
        head,
        cell: ({ columns }) =>
          columns !== undefined && Object.hasOwn(columns, name) ? (columns[name] ?? '') : '',
      }
    }),
  ]
}

/** Micros as an amount: `0.20`, `0.220177`. Whole numbers, so that no digit is made up. */
function moneyOf(micros: number): string {
  const decimals = String(Math.abs(micros) % 1_000_000).padStart(6, '0')
  return `${micros < 0 ? '-' : ''}${Math.floor(Math.abs(micros) / 1_000_000)}.${decimals.replace(/0{1,4}$/, '')}`
}
