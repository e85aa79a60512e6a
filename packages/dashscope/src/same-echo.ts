/**
 * How the prompt that a task echoes compares with one that was sent. `near`: too alike to prove that the task is another
 * edit's, not alike enough to adopt it; a person decides.
 */
export type Likeness = 'same' | 'near' | 'different'

/** From this length on an echo may be a prompt that was cut: 500 characters are the shortest limit that the vendor cuts at (docs/models.md). */
const shortestCut = 500

/**
 * Compares after what services do to text without meaning it: another Unicode form, other blanks and line ends, U+FFFD
 * where half of a character was. `near` are the harsher ones: entities, a cut, lost or replaced characters, case.
 */
export function sameEcho(prompt: string, echoed: string): Likeness {
  const [ours, theirs] = [normal(prompt), normal(echoed)]
  if (ours === theirs) return 'same'
  // an empty echo says nothing of any prompt
  if (theirs === '' || bare(ours) === bare(theirs) || isCut(ours, theirs) || lostOnly(ours, theirs))
    return 'near'
  return 'different'
}

const normal = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFC')
    // marks without width travel badly, and nobody sees them
    .replaceAll(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** Letters and digits alone. */
const bare = (text: string): string =>
  text
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole)
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')

const isCut = (ours: string, theirs: string): boolean => {
  const kept = theirs.replace(/(\.{3}|…)$/, '').trimEnd()
  const marked = kept.length < theirs.trimEnd().length && kept !== ''
  return (marked || Array.from(kept).length >= shortestCut) && ours.startsWith(kept)
}

/** Whether the echo is the prompt but for characters beyond ASCII that came out as `?` or U+FFFD, however many for each. */
function lostOnly(ours: string, theirs: string): boolean {
  const [first = '', ...kept] = theirs.split(/[?\ufffd]+/)
  const last = kept.pop()
  if (last === undefined || !ours.startsWith(first)) return false
  let at = first.length
  for (const piece of [...kept, undefined]) {
    // the last piece ends the prompt, every other one is looked for as early as it can be
    const found = piece === undefined ? ours.length - last.length : ours.indexOf(piece, at)
    if (
      found < at ||
      !ours.slice(found).startsWith(piece ?? last) ||
      /[\x20-\x3e\x40-\x7e]/.test(ours.slice(at, found))
    )
      return false
    at = found + (piece ?? last).length
  }
  return true
}
