import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import { limits } from '@restyle/shared/contract/limits'
import type { JsonReader } from '../http/parse-json.ts'
import { Problem } from '../http/problem.ts'
import type { RawRow } from '../intake/raw-row.ts'
import { findValue, TooMuch } from './find-json.ts'
import { type Line, linesOf } from './lines.ts'

/** Levels of a row: in a batch that is sent in one, the body and its list are two more. */
const outside = ['edits', 0]

/**
 * Reads the rows of a chunk, one JSON object a line, as they come. A row that cannot be read hides none of the others. Throws a
 * `Problem` where the body is too large, holds no row, or more of them than a chunk may have.
 */
export async function readRows(body: AsyncIterable<Buffer>, parse: JsonReader): Promise<RawRow[]> {
  const rows: RawRow[] = []
  const bounds = {
    bytes: limits.chunkBytes,
    lineBytes: limits.rowBytes,
    lines: limits.chunkRows,
    tooLarge: () => new Problem('too-large', `The body is over ${limits.chunkBytes} bytes.`),
  }
  for await (const line of linesOf(body, bounds)) {
    if (line.kind === 'too-many')
      throw new Problem('invalid-request', `The body holds more than ${limits.chunkRows} rows.`)
    rows.push(rowOf(line, parse))
  }
  if (rows.length === 0)
    throw new Problem('malformed-request', 'The body holds no row; each row is a line of JSON.')
  return rows
}

function rowOf(line: Exclude<Line, { kind: 'too-many' }>, parse: JsonReader): RawRow {
  if (line.kind === 'too-long')
    return { kind: 'broken', detail: `the row is over ${limits.rowBytes} bytes`, digest: '' }
  const { bytes } = line
  const broken = (detail: string): RawRow => ({ kind: 'broken', detail, digest: hash('sha256', bytes) })
  if (!isUtf8(bytes)) return broken('the row is not UTF-8')
  if (isTooDeep(bytes)) return broken(`the row is nested deeper than ${limits.depth - outside.length} levels`)
  try {
    return { kind: 'value', value: parse(bytes.toString(), 'the row') }
  } catch (error) {
    if (error instanceof Problem) return broken(error.message.replace(/\.$/, ''))
    throw error
  }
}

/** Looked at before it is parsed: nested lists cost a parser the more the deeper they are. */
function isTooDeep(bytes: Buffer): boolean {
  try {
    findValue(outside)(bytes, 0)
    return false
  } catch (error) {
    // anything else is for the parser to say
    return error instanceof TooMuch
  }
}
