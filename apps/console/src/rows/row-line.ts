import { quoted } from '../app/quoted.ts'
import { everything, stateNames, verdictNames, type Filter } from './filter.ts'

/*
 * The line that rows of a batch are found by: words and `key:` (the beginning of a key), `prompt:` (a part of it), which the producer
 * looks for, and `state:`, `verdict:` and `code:`, which are parts of the filter. A value with blanks stands in quotes.
 */

const ours = ['key', 'prompt', 'state', 'verdict', 'code'] as const
type Name = (typeof ours)[number]

/** What a line means: parts of a filter, of which `text` is for the producer; or what is wrong with it, in one sentence. */
export type ReadLine = { kind: 'filter'; filter: Filter } | { kind: 'fault'; detail: string }

export type Term = { name: string | undefined; value: string }

const mostTerms = 12

/** Reads what was typed. `codes`: those of the batch. */
export function readLine(line: string, codes: readonly string[]): ReadLine {
  const terms = termsOf(line)
  if (terms === undefined) return fault('A quote is not closed.')
  if (terms.length > mostTerms)
    return fault(`There are more than ${mostTerms} words: leave some out, or quote them.`)
  const stranger = terms.find(({ name }) => name !== undefined && !isOurs(name))
  if (stranger !== undefined)
    return fault(
      `${stranger.name}: is not known here: use ${ours.map((each) => `${each}:`).join(', ')}, or quote it.`,
    )
  const empty = terms.find(({ value }) => value === '')
  if (empty !== undefined) return fault(`${empty.name ?? 'A word'}: has no value.`)
  if (terms.filter(({ name }) => name === 'key').length > 1) return fault('key: is there more than once.')
  return filterOf(terms, codes)
}

const fault = (detail: string): ReadLine => ({ kind: 'fault', detail })
const isOurs = (name: string): name is Name => (ours as readonly string[]).includes(name)

function filterOf(terms: readonly Term[], codes: readonly string[]): ReadLine {
  const valuesOf = (name: Name) =>
    terms.filter((each) => each.name === name).flatMap(({ value }) => value.split(','))
  const [states, verdicts] = [valuesOf('state'), valuesOf('verdict')]
  const state = states.find((each) => !(stateNames as readonly string[]).includes(each))
  if (state !== undefined) return fault(`state:${state} is none of ${stateNames.join(', ')}.`)
  const verdict = verdicts.find((each) => !(verdictNames as readonly string[]).includes(each))
  if (verdict !== undefined) return fault(`verdict:${verdict} is none of ${verdictNames.join(', ')}.`)
  const asked = valuesOf('code')
  const known = codes.filter((code) => asked.some((each) => isCode(code, each)))
  return {
    kind: 'filter',
    filter: {
      ...everything,
      states: stateNames.filter((each) => states.includes(each)),
      verdicts: verdictNames.filter((each) => verdicts.includes(each)),
      codes: known.length === 0 ? asked : known,
      text: terms
        .filter(({ name }) => name === undefined || name === 'key' || name === 'prompt')
        .map(textOf)
        .join(' '),
    },
  }
}

/** The code, or a longer one that begins with it, as in the search. */
const isCode = (code: string, asked: string): boolean =>
  `${code.toLowerCase()}.`.startsWith(`${asked.toLowerCase()}.`)

const textOf = ({ name, value }: Term): string =>
  name === undefined ? quoted(value) : `${name}:${quoted(value)}`

/** The terms of a line, each as it is written; none where it cannot be read. */
export const termTexts = (line: string): string[] => (termsOf(line) ?? []).map(textOf)

/** As the producer reads them (`GET /v1/search`); undefined where a quote is not closed. */
export function termsOf(line: string): Term[] | undefined {
  const terms: Term[] = []
  const pattern = /([a-z]+):(?=\s|$)|(?:([a-z]+):)?(?:"([^"]*)("?)|([^\s"]+))/giuy
  for (let at = 0; ;) {
    at += /^\s*/u.exec(line.slice(at))?.[0].length ?? 0
    if (at >= line.length) return terms
    pattern.lastIndex = at
    const [whole, empty, name, text, end, bare] = pattern.exec(line) ?? []
    if (whole === undefined || (text !== undefined && end === '')) return undefined
    terms.push({ name: (name ?? empty)?.toLowerCase(), value: text ?? bare ?? '' })
    at += whole.length
  }
}

/** Both filters together: parts of `more` that say something take the place of none, and its text follows. */
export const joinFilters = (filter: Filter, more: Filter): Filter => ({
  ...filter,
  states: more.states.length === 0 ? filter.states : more.states,
  verdicts: more.verdicts.length === 0 ? filter.verdicts : more.verdicts,
  codes: more.codes.length === 0 ? filter.codes : more.codes,
  text: more.text,
})
