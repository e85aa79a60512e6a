import { parse } from 'node:path'

const SHOWN = 3

/** For a message: `; is Lamp.jpg meant?`, or nothing. */
export const nearText = (names: readonly string[]): string =>
  names.length === 0 ? '' : `; is ${names.slice(0, SHOWN).join(' or ')} meant?`

/** Those of `names` with other blanks, escapes or width, with another ending, or a slip or two of the pen away from `name`. */
export function nearNames(name: string, names: readonly string[]): string[] {
  const wanted = loose(name)
  const stem = parse(wanted).name
  const scored = names.flatMap((each) => {
    const other = loose(each)
    if (other === wanted) return [{ each, score: 0 }]
    const { name: otherStem, ext } = parse(other)
    if (stem !== '' && otherStem === stem && ext !== '') return [{ each, score: 1 }]
    const slips = Math.abs(other.length - wanted.length) > 2 ? 3 : distance(wanted, other)
    return slips <= Math.min(2, Math.floor(stem.length / 3)) ? [{ each, score: 1 + slips }] : []
  })
  return scored.toSorted((a, b) => a.score - b.score).map(({ each }) => each)
}

/** A name without what people and programs change in it. */
function loose(name: string): string {
  const plain = unescaped(name).normalize('NFKC').toLowerCase()
  return plain.replaceAll(/[\s_\u200B-\u200F\uFEFF-]+/g, '')
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** How many letters have to be added, taken or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j += 1)
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (b[j] === a[i] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}
