import { quoted } from '../app/quoted.ts'

/** What a line may narrow by, as `GET /v1/search` takes it, and what each means. */
export const qualifiers = [
  { name: 'key', means: 'the beginning of a key' },
  { name: 'prompt', means: 'a part of the prompt' },
  { name: 'code', means: 'the code of a failure' },
  { name: 'state', means: 'a state' },
  { name: 'verdict', means: 'what was decided; none: nothing yet' },
  { name: 'batch', means: 'a batch, by id or a part of its name' },
  { name: 'before', means: 'enqueued before a day or time' },
  { name: 'after', means: 'enqueued then or later' },
] as const

/** What is known of values: codes of failures, and names of batches, the newest first. */
type Known = { codes: readonly string[]; batches: readonly string[] }

const values: Readonly<Record<string, readonly string[]>> = {
  state: [
    'queued',
    'submitting',
    'uncertain',
    'review',
    'running',
    'rendered',
    'succeeded',
    'failed',
    'canceled',
  ],
  verdict: ['approved', 'rejected', 'redo', 'none'],
}

/** What may stand next: how it is called, what it means where that is not plain, and the line with it. */
export type Suggestion = { label: string; means?: string; line: string }

/** Suggestions that are offered at a time. */
const mostOffered = 12

/** The qualifier that is being written at the end of a line, and how far its value is; undefined where it is a word. */
export function openTerm(line: string): { name: string; typed: string; before: string } | undefined {
  const [whole, name = '', typed = ''] = /(?:^|\s)([a-z]+):("[^"]*|[^\s"]*)$/i.exec(line) ?? []
  if (whole === undefined) return undefined
  return { name: name.toLowerCase(), typed, before: line.slice(0, line.length - typed.length) }
}

/**
 * How the end of a line may go on: values of the qualifier that is being written, qualifiers that begin with the word that is, and
 * after a blank each qualifier that is not there.
 */
export function suggest(line: string, known: Known): Suggestion[] {
  const open = openTerm(line)
  if (open !== undefined) return valuesOf(open, known).slice(0, mostOffered)
  const word = /(?:^|\s)(\S*)$/.exec(line)?.[1] ?? ''
  const before = line.slice(0, line.length - word.length)
  return qualifiers
    .filter(({ name }) => name.startsWith(word.toLowerCase()) && !hasQualifier(line, name))
    .map(({ name, means }) => ({ label: `${name}:`, means, line: `${before}${name}:` }))
}

function valuesOf({ name, typed, before }: NonNullable<ReturnType<typeof openTerm>>, known: Known) {
  const text = typed.replace(/^"/, '').toLowerCase()
  const begins = (value: string) => value.toLowerCase().startsWith(text)
  const fit =
    name === 'batch'
      ? known.batches.filter((value) => value.toLowerCase().includes(text))
      : (name === 'code' ? known.codes : (values[name] ?? [])).filter(begins)
  return [...new Set(fit)]
    .filter((value) => value.toLowerCase() !== text)
    .map((value) => ({ label: `${name}:${value}`, line: `${before}${quoted(value)} ` }))
}

const hasQualifier = (line: string, name: string): boolean =>
  new RegExp(`(^|\\s)${name}:`, 'i').test(line) && name !== 'prompt'
