import { EditState } from '@restyle/shared/contract/edit-state'
import type { Verdict } from '@restyle/shared/contract/planes'
import { VerdictName } from '@restyle/shared/contract/verdict'

/*
 * The line that people search by: words, and qualifiers such as `state:failed`. A value with blanks stands in quotes.
 */

/** What a line may narrow by; the console completes them. */
export const qualifiers = ['key', 'prompt', 'code', 'state', 'verdict', 'batch', 'before', 'after'] as const
type Qualifier = (typeof qualifiers)[number]

/** What is looked for: all of it must be so. Times in epoch ms: from `from` on, before `to`. */
export type Sought = {
  /** Plain words: the beginning of a key, a part of a batch's name, or an id. */
  text: string | undefined
  keyPrefix: string | undefined
  /** Each is a part of the prompt, in capitals or not. */
  prompts: readonly string[]
  /** A code, or what it begins with before a dot. */
  code: string | undefined
  states: readonly EditState[]
  verdict: Verdict | 'none' | undefined
  /** An id, or a part of a name. */
  batch: string | undefined
  from: number | undefined
  to: number | undefined
}

export type ParsedSearch = { kind: 'sought'; sought: Sought } | { kind: 'fault'; detail: string }

const mostTerms = 12

/** Reads a line; a fault says what is wrong with it in one sentence. */
export function parseSearch(line: string): ParsedSearch {
  const terms = termsOf(line)
  if (terms === undefined) return fault('a quote is not closed')
  if (terms.length === 0) return fault('say what to look for')
  if (terms.length > mostTerms) return fault(`more than ${mostTerms} words: leave some out, or quote them`)
  const values = new Map<Qualifier, string[]>()
  const words: string[] = []
  for (const { name, value } of terms) {
    if (name !== undefined && !isQualifier(name)) return fault(unknown(name, value))
    if (value === '') return fault(`${name ?? 'a word'}: has no value`)
    if (name === undefined) words.push(value)
    else values.set(name, [...(values.get(name) ?? []), value])
  }
  return soughtOf(words, values)
}

const fault = (detail: string): ParsedSearch => ({ kind: 'fault', detail })

const unknown = (name: string, value: string): string =>
  `${name}: is not known: use ${qualifiers.map((each) => `${each}:`).join(', ')}, or quote it: "${name}:${value}"`

const isQualifier = (name: string): name is Qualifier => (qualifiers as readonly string[]).includes(name)

type Term = { name: string | undefined; value: string }

/** The terms of a line; undefined where a quote is not closed. */
function termsOf(line: string): Term[] | undefined {
  const terms: Term[] = []
  const pattern = /([a-z]+):(?=\s|$)|(?:([a-z]+):)?(?:"([^"]*)("?)|([^\s"]+))/giuy
  for (let at = 0; ;) {
    at += /^\s*/u.exec(line.slice(at))?.[0].length ?? 0
    if (at >= line.length) return terms
    pattern.lastIndex = at
    const [whole, empty, name, quoted, end, bare] = pattern.exec(line) ?? []
    if (whole === undefined || (quoted !== undefined && end === '')) return undefined
    terms.push({ name: (name ?? empty)?.toLowerCase(), value: quoted ?? bare ?? '' })
    at += whole.length
  }
}

const verdicts = [...VerdictName.options, 'none'] as const
const isVerdict = (text: string | undefined): text is (typeof verdicts)[number] | undefined =>
  text === undefined || (verdicts as readonly string[]).includes(text)

const single = ['key', 'code', 'verdict', 'batch', 'before', 'after'] as const

function soughtOf(words: readonly string[], values: ReadonlyMap<Qualifier, string[]>): ParsedSearch {
  for (const name of single)
    if ((values.get(name)?.length ?? 0) > 1) return fault(`${name}: is there more than once`)
  const states = (values.get('state') ?? []).flatMap((value) => value.split(','))
  const wrong = states.find((state) => !EditState.safeParse(state).success)
  if (wrong !== undefined) return fault(`state:${wrong} is none of ${EditState.options.join(', ')}`)
  const one = (name: (typeof single)[number]) => values.get(name)?.[0]
  const [from, to] = [timeOf(one('after')), timeOf(one('before'))]
  if (from === null || to === null)
    return fault('before: and after: take a day such as 2026-03-02, or a time such as 2026-03-02T21:00:00Z')
  const verdict = one('verdict')
  if (!isVerdict(verdict)) return fault(`verdict:${verdict} is none of ${verdicts.join(', ')}`)
  const key = one('key')
  return {
    kind: 'sought',
    sought: {
      text: words.length === 0 ? undefined : withoutStar(words.join(' ')),
      keyPrefix: key === undefined ? undefined : withoutStar(key),
      prompts: (values.get('prompt') ?? []).map(plain),
      code: one('code'),
      states: states.map((state) => EditState.parse(state)),
      verdict,
      batch: one('batch'),
      from,
      to,
    },
  }
}

/** `LAMP-*` is how many write a beginning. */
const withoutStar = (text: string): string => text.replace(/\*$/, '')

/** As texts are compared that people type. */
export const plain = (text: string): string => text.normalize('NFC').toLowerCase()

const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

/** Epoch ms; a day begins at midnight UTC. Null for what is no time. */
function timeOf(text: string | undefined): number | undefined | null {
  if (text === undefined) return undefined
  const at = time.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : at
}

/** Whether a code is the one that is looked for, or a longer one that begins with it. */
export const isCode = (code: string, sought: string): boolean =>
  plain(code) === plain(sought) || plain(code).startsWith(`${plain(sought)}.`)
