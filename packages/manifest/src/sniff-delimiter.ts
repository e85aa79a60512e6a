import { columnName } from './clean-text.ts'

const CANDIDATES = [',', ';', '\t', '|']

/** What spreadsheets write into a first line of their own; its end is not a part of it. */
const announced = /^\uFEFF?[\s\u200B]*"?sep=(\\t|.)"?[ ,;|\t]*(?:\r\n|\n|\r|$)/i

/** How a table is written. `skip`: how many characters at its start only announce the delimiter. */
export type Dialect = { delimiter: string; skip: number }

/**
 * The delimiter of a table by its start: the one that a line `sep=;` announces, else whichever of comma, semicolon, tab
 * and bar makes a header with the column `wanted`, else the one that the header holds most, outside quotes. `headerRow`:
 * the number of the header's line, else it is the first one that is not blank.
 */
export function sniffDelimiter(start: string, wanted: string, headerRow?: number): Dialect {
  const [line, said] = announced.exec(start) ?? []
  if (line !== undefined && said !== undefined)
    return { delimiter: said === '\\t' ? '\t' : said, skip: line.length }
  const header = headerOf(start, headerRow)
  const counts = CANDIDATES.map((candidate) => {
    const columns = header.split(candidate).map((name) => columnName(name).toLowerCase())
    // a decimal comma in a column's name makes more columns, and none of them the wanted one
    return columns.length + (columns.includes(wanted.toLowerCase()) ? 1_000_000 : 0)
  })
  return { delimiter: CANDIDATES[counts.indexOf(Math.max(...counts))] ?? ',', skip: 0 }
}

/** The header; quoted cells lose their quotes and what would be taken for a delimiter or an end. */
function headerOf(start: string, headerRow: number | undefined): string {
  const bare = start.replaceAll(/"((?:[^"]|"")*)"/g, (_, cell: string) =>
    cell.replaceAll(/[,;\t|\r\n]/g, ' '),
  )
  const lines = bare.split(/\r\n|\n|\r/)
  const isBlank = (line: string): boolean => columnName(line.replaceAll(/[,;\t|]/g, '')) === ''
  const named = headerRow === undefined ? undefined : lines[headerRow - 1]
  return named ?? lines.find((line) => !isBlank(line)) ?? ''
}
