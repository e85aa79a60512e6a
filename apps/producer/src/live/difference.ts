import { restingByte } from '@restyle/shared/contract/edit-state'
import { noVerdict, planeNames, type Planes } from '@restyle/shared/contract/planes'

/** A row, counted from 1; a plane by its place among `planeNames`; and its byte. */
export type Change = [row: number, plane: number, byte: number]

/** More of them make a longer message than all bytes do once they are packed. */
export const mostChanges = 4_000

/** What a reader takes a row for that it has not heard of. */
const newRow = [restingByte.charCodeAt(0), noVerdict.charCodeAt(0), 0, 0] as const

/** As many bytes are compared in one go. */
const block = 4096

/** What has changed between two looks at a batch; undefined where that is more than a message tells. */
export function differenceOf(from: Planes, to: Planes): Change[] | undefined {
  if (to.rows < from.rows) return undefined
  const changes: Change[] = []
  for (const [plane, name] of planeNames.entries()) {
    const before = grown(from.bytes[name], to.rows, newRow[plane] ?? 0)
    const after = to.bytes[name]
    for (let start = 0; start < to.rows; start += block) {
      const end = Math.min(start + block, to.rows)
      if (before.compare(after, start, end, start, end) === 0) continue
      for (let row = start; row < end; row += 1) {
        const byte = after[row] ?? 0
        if (before[row] === byte) continue
        changes.push([row + 1, plane, byte])
        if (changes.length > mostChanges) return undefined
      }
    }
  }
  return changes
}

function grown(bytes: Buffer, rows: number, byte: number): Buffer {
  if (bytes.length === rows) return bytes
  const all = Buffer.alloc(rows, byte)
  bytes.copy(all)
  return all
}
