import { columnName } from './clean-text.ts'

const CANDIDATES = [',', ';', '\t', '|']

/** What spreadsheets write into a first line of their own; its end is not a part of it. */
const announced = /^\uFEFF?[\s\u200B]*"?sep=(\\t|.)"?[ ,;|\t]*(?:\r\n|\n|\r|$)/i

/** How a table is written. `skip`: how many characters at its start only announce the delimiter. */
export type Dialect = { delimiter: string; skip: number }

/**
 * The delimiter of a table by its start: the one that a line `sep=;` announces, else whichever of comma, semicolon, tab
 * and bar makes a header with the column `wanted`, else the one that the header holds most, outside quotes.
 */
export function sniffDelimiter(start: string, wanted: string): Dialect {
  const [line, said] = announced.exec(start) ?? []
  if (line !== undefined && said !== undefined)
    return { delimiter: said === '\\t' ? '\t' : said, skip: line.length }
  const header = headerOf(start)
  const counts = CANDIDATES.map((candidate) => {
    const columns = header.split(candidate).map((name) => columnName(name).toLowerCase())
    // a decimal comma in a column's name makes more columns, and none of them the wanted one
    return columns.length + (columns.includes(wanted.toLowerCase()) ? 1_000_000 : 0)
  })
  return { delimiter: CANDIDATES[counts.indexOf(Math.max(...counts))] ?? ',', skip: 0 }
}

/** The first line that is not blank; quoted cells lose their quotes and what would be taken for a delimiter or an end. */
function headerOf(start: string): string {
  const bare = start.replaceAll(/"((?:[^"]|"")*)"/g, (_, cell: string) =>
    cell.replaceAll(/[,;\t|\r\n]/g, ' '),
  )
  return bare.split(/\r\n|\n|\r/).find((line) => columnName(line.replaceAll(/[,;\t|]/g, '')) !== '') ?? ''
}
