/** More names than this are not made columns of a table: JSON lines have them all. */
const mostNames = 300

export type ColumnNames = {
  add(columns: Readonly<Record<string, string>> | undefined): void
  /** In the order in which they came. */
  names(): readonly string[]
  /** Whether there were more than a table gets. */
  isCut(): boolean
}

/** Gathers the names of a catalog's own columns: rows of JSON may each have others. */
export function openColumnNames(): ColumnNames {
  const names = new Set<string>()
  let cut = false
  return {
    add: (columns) => {
      for (const name in columns)
        if (names.size < mostNames) names.add(name)
        else if (!names.has(name)) cut = true
    },
    names: () => [...names],
    isCut: () => cut,
  }
}

/** Some rows of a catalog, which begin with the row `first`. */
type SomeRows = {
  first: number
  rows: readonly { columns?: Readonly<Record<string, string>> | undefined }[]
}

/** The names of the columns of so many rows, up to the first of which there is nothing: every part of a table has the same. */
export async function namesOfRows(
  total: number,
  rowsAt: (row: number) => Promise<SomeRows | undefined>,
): Promise<readonly string[]> {
  const names = openColumnNames()
  for (let row = 0; row < total;) {
    const some = await rowsAt(row)
    if (some === undefined) break
    for (const { columns } of some.rows) names.add(columns)
    row = some.first + some.rows.length
  }
  return names.names()
}
