/** A piece of a prompt: in both, only in the old one, or only in the new one. */
export type Piece = { kind: 'same' | 'gone' | 'new'; text: string }

/** Beyond this many words on a side the whole prompt counts as changed: the table would be too large. */
const mostWords = 400

/** What changed between two prompts, word by word. */
export function diffPrompts(before: string, after: string): Piece[] {
  const [old, now] = [wordsOf(before), wordsOf(after)]
  if (before === after) return before === '' ? [] : [{ kind: 'same', text: before }]
  if (old.length > mostWords || now.length > mostWords)
    return joined([
      { kind: 'gone', text: before },
      { kind: 'new', text: after },
    ])
  return joined(walk(old, now, commonTails(old, now)))
}

const wordsOf = (text: string): string[] => text.match(/\s+|[^\s]+/g) ?? []

/** `table[i][j]`: how many words the rests from i and j have in common. */
function commonTails(old: readonly string[], now: readonly string[]): number[][] {
  const table = Array.from({ length: old.length + 1 }, () => Array.from({ length: now.length + 1 }, () => 0))
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const line = table[i]
      if (line === undefined) continue
      line[j] =
        old[i] === now[j]
          ? (table[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(table[i + 1]?.[j] ?? 0, table[i]?.[j + 1] ?? 0)
    }
  return table
}

function walk(old: readonly string[], now: readonly string[], table: readonly number[][]): Piece[] {
  const pieces: Piece[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    const [was, is] = [old[i], now[j]]
    if (was !== undefined && was === is) {
      pieces.push({ kind: 'same', text: was })
      i += 1
      j += 1
    } else if (
      was !== undefined &&
      (is === undefined || (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0))
    ) {
      pieces.push({ kind: 'gone', text: was })
      i += 1
    } else {
      pieces.push({ kind: 'new', text: is ?? '' })
      j += 1
    }
  }
  return pieces
}

const joined = (pieces: readonly Piece[]): Piece[] =>
  pieces
    .filter(({ text }) => text !== '')
    .reduce<Piece[]>((done, piece) => {
      const last = done.at(-1)
      if (last?.kind !== piece.kind) return [...done, { ...piece }]
      last.text += piece.text
      return done
    }, [])
