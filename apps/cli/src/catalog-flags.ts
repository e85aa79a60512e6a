import type { ReadOptions } from '@restyle/manifest/catalog'

/** The flags that say how a catalog is read. */
export type CatalogFlags = {
  imageColumn: string
  headerRow?: number
  sheet?: string
  inheritBy?: string
  skipEmpty?: true
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
