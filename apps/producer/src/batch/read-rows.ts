import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import { limits } from '@restyle/shared/contract/limits'
import { openTurns } from '@restyle/shared/turns'
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
  const turn = openTurns()
  const rows: RawRow[] = []
  const bounds = {
    most: limits.chunkBytes,
    longest: limits.rowBytes,
    tooLarge: () => new Problem('too-large', `The body is over ${limits.chunkBytes} bytes.`),
  }
  let total = 0
  for await (const line of linesOf(body, bounds)) {
    await turn()
    total += 1
    // what is refused is still read to its end: a caller that is cut off while it sends hears no answer
    if (total <= limits.chunkRows) rows.push(rowOf(line, parse))
  }
  if (total > limits.chunkRows)
    throw new Problem(
      'invalid-request',
      `The body holds ${total} rows; at most ${limits.chunkRows} are taken at a time.`,
    )
  if (total === 0)
    throw new Problem('malformed-request', 'The body holds no row; each row is a line of JSON.')
  return rows
}

function rowOf(line: Line, parse: JsonReader): RawRow {
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
