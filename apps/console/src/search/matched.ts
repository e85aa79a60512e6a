import type { Edit } from '@restyle/client/types'
import type { Term } from '../rows/row-line.ts'

/** A part of a text, and whether it is what was looked for. */
export type Piece = { text: string; isMatch: boolean }

/** By what an edit was found, in words; its key and an excerpt of its prompt with what matched. */
export type Match = { by: readonly string[]; key: readonly Piece[]; prompt: readonly Piece[] }

/** Characters before the first match of a prompt, and in all. */
const [lead, mostShown] = [40, 160]

/** By what an edit was found. `terms`: of the line, as `GET /v1/search` reads it. */
export function matchOf(edit: Edit, terms: readonly Term[]): Match {
  const { id, key, prompt, failure } = edit
  const valuesOf = (name: string | undefined) =>
    terms.filter((term) => term.name === name).map(({ value }) => value)
  const words = valuesOf(undefined).join(' ').replace(/\*$/, '')
  const byId = words !== '' && words === id
  const begins = [byId ? '' : words, ...valuesOf('key').map((value) => value.replace(/\*$/, ''))]
  const begun = Math.max(...begins.map(({ length }) => length))
  const parts = valuesOf('prompt')
  const narrowed = ['state', 'verdict', 'batch', 'before', 'after'].filter(
    (name) => valuesOf(name).length > 0,
  )
  const by = [
    ...(byId ? ['its id'] : []),
    ...(begun > 0 ? ['key'] : []),
    ...(parts.length > 0 ? ['prompt'] : []),
    ...(valuesOf('code').length > 0 ? [`code ${failure?.code ?? ''}`.trim()] : []),
    ...narrowed.map((name) => wordOf(name, edit)),
  ]
  return { by: [...new Set(by)], key: piecesOf(key, [[0, begun]]), prompt: excerptOf(prompt, parts) }
}

function wordOf(name: string, { state, verdict }: Edit): string {
  if (name === 'state') return `state ${state}`
  if (name === 'verdict') return verdict === undefined ? 'no verdict' : `verdict ${verdict.verdict}`
  return name === 'batch' ? 'batch' : 'time'
}

type Range = readonly [from: number, to: number]

/** The part of a prompt around the first match, with what matched; the beginning of one in which nothing was looked for. */
export function excerptOf(prompt: string, parts: readonly string[]): Piece[] {
  const text = prompt.normalize('NFC')
  const low = text.toLowerCase()
  // a few letters change their length with their case: then nothing can be marked
  const ranges = low.length === text.length ? parts.flatMap((part) => rangesOf(low, plain(part))) : []
  const first = ranges.length === 0 ? 0 : Math.min(...ranges.map(([from]) => from))
  const from = first > lead ? wordStart(text, first - lead) : 0
  const to = Math.min(text.length, from + mostShown)
  const inside = ranges
    .filter(([start, end]) => start >= from && end <= to)
    .map(([start, end]): Range => [start - from, end - from])
  return [
    ...(from > 0 ? [{ text: '… ', isMatch: false }] : []),
    ...piecesOf(text.slice(from, to), inside),
    ...(to < text.length ? [{ text: '…', isMatch: false }] : []),
  ]
}

const plain = (text: string): string => text.normalize('NFC').toLowerCase()

/** After the blank that follows `at`, where one is near. */
function wordStart(text: string, at: number): number {
  const blank = text.indexOf(' ', at)
  return blank >= 0 && blank < at + lead ? blank + 1 : at
}

function rangesOf(text: string, part: string): Range[] {
  const ranges: Range[] = []
  if (part === '') return ranges
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length))
    ranges.push([at, at + part.length])
  return ranges
}

/** A text in pieces, of which those of the ranges match; what they share matches once. */
function piecesOf(text: string, ranges: readonly Range[]): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (to <= at) continue
    if (from > at) pieces.push({ text: text.slice(at, from), isMatch: false })
    pieces.push({ text: text.slice(Math.max(from, at), to), isMatch: true })
    at = to
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isMatch: false })
  return pieces
}
