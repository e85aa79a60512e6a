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

export type Suggestion = { label: string; line: string }

/** What may be written next, and the line with it: values after a qualifier with a few, else qualifiers that are not there. */
export function suggest(line: string): Suggestion[] {
  const last = /(?:^|\s)([a-z]+):(\S*)$/i.exec(line)
  const name = last?.[1]?.toLowerCase() ?? ''
  const few = values[name]
  if (last !== null && few !== undefined) {
    const typed = (last[2] ?? '').toLowerCase()
    const before = line.slice(0, line.length - (last[2] ?? '').length)
    return few
      .filter((value) => value.startsWith(typed) && value !== typed)
      .map((value) => ({ label: `${name}:${value}`, line: `${before}${value} ` }))
  }
  const word = /(?:^|\s)([a-z]*)$/i.exec(line)?.[1]?.toLowerCase() ?? ''
  const begun = word !== '' && qualifiers.some((each) => each.name.startsWith(word))
  const before = begun ? line.slice(0, line.length - word.length) : line === '' ? '' : `${line.trimEnd()} `
  return qualifiers
    .filter((each) => (!begun || each.name.startsWith(word)) && !hasQualifier(line, each.name))
    .map((each) => ({ label: `${each.name}:`, line: `${before}${each.name}:` }))
}

const hasQualifier = (line: string, name: string): boolean =>
  new RegExp(`(^|\\s)${name}:`, 'i').test(line) && name !== 'prompt'
