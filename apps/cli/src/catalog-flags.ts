import type { ReadOptions } from '@restyle/manifest/catalog'
import { type Command, InvalidArgumentError } from 'commander'
import { collect } from './flag-values.ts'

/** The flags that say how a catalog is read. */
export type CatalogFlags = {
  imageColumn: string
  headerRow?: number
  sheet?: string
  inheritBy?: string
  skipEmpty?: true
  skipFaulty?: true
  /** In the order of the command line. */
  ownColumn?: readonly string[]
}

/** How the rows are read. */
export const readOptionsOf = ({
  imageColumn,
  headerRow,
  sheet,
  inheritBy,
  skipEmpty,
  ownColumn = [],
}: CatalogFlags): ReadOptions => ({
  imageColumn,
  ...(headerRow === undefined ? {} : { headerRow }),
  ...(sheet === undefined ? {} : { sheet }),
  ...(inheritBy === undefined ? {} : { inheritBy }),
  ...(skipEmpty === undefined ? {} : { skipEmpty }),
  ...(ownColumn.length === 0 ? {} : { ownColumns: ownColumn }),
})

/** Adds the flags that say how a catalog is read. */
export const withCatalogFlags = (command: Command): Command =>
  command
    .option('--image-column <name>', 'column with the picture; name2, name3 … are further pictures', 'image')
    .option('--header-row <number>', 'row with the names of the columns (default: the first one)', rowNumber)
    .option('--sheet <name>', 'sheet of a workbook (default: the one that is not hidden)')
    .option('--inherit-by <column>', 'fill blank cells from the first row with the same text in this column')
    .option('--skip-empty', 'leave rows without a picture out')
    .option(
      '--skip-faulty',
      'leave faulty rows out, and write them into <catalog>.rejects.csv with the reasons',
    )
    .option(
      '--own-column <name>',
      'no field of an edit, although it is called like one; may be repeated',
      collect,
    )

function rowNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}
