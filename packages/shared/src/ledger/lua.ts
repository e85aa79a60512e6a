import { readFileSync } from 'node:fs'
import { RestyleError } from '../errors.ts'
import { facts } from './facts.ts'
import { keyTemplates, literalsOf } from './keys.ts'

/*
 * The scripts are files of their own beside their TypeScript. Before Redis sees one, text takes the place of
 * - `--- @include "x"`: includes/x.lua, once in a script however often it is included;
 * - `key.running(lane)`: the expression for the name of that key, as keys.ts says;
 * - `fact.ends(to)`: what facts.ts says. Text costs nothing at run time, where Redis runs a script anew for each call.
 */

const scriptNames = [
  'accept',
  'admit',
  'append-rows',
  'cancel-batch',
  'cancel-edit',
  'carry-operation',
  'carry-usage',
  'close-batch',
  'delay-tokens',
  'end-stops',
  'fail-rows',
  'feed',
  'fold',
  'forget-events',
  'judge-edit',
  'judge-row',
  'know-producer',
  'list-made',
  'move',
  'next-to-feed',
  'next-to-fold',
  'open-batch',
  'open-operation',
  'pause-edit',
  'pull-events',
  'reopen',
  'replay-webhook',
  'rest-webhook',
  'restore',
  'restore-results',
  'restore-verdicts',
  'retry-batch',
  'revive-events',
  'save-key',
  'save-schedule',
  'save-webhook',
  'serve-lane',
  'set-budget',
  'set-event-group',
  'set-priority',
  'set-producer',
  'set-window',
  'settle-batch',
  'settle-events',
  'settle-fold',
  'settle-usage',
  'settle-verdicts',
  'settle-webhook',
  'skip-rows',
  'stop-batch',
  'stop-producer',
  'take-token',
  'take-webhook',
  'tell-files',
  'tell-late',
  'tell-refused',
  'turn-operation',
] as const
export type ScriptName = (typeof scriptNames)[number]

/** The whole text of each script, ready for Redis. */
export type LedgerScripts = Readonly<Record<ScriptName, string>>

const includeLine = /^--- @include "([a-z-]+)"$/gm
// a call of a function among the arguments is not understood: name its result first
const named = /\b(key|fact)\.(\w+)(?:\(([^()]*)\))?/g

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

/** Made once: most scripts include most of them, and every process that starts assembles all scripts. */
const includes = new Map<string, string>()
const expressions = new Map<string, string>()

/** A script's text as Redis runs it. Throws `UnknownName` where it names a key or a fact that the tables do not have. */
export function assemble(script: string): string {
  const included = new Set<string>()
  const expand = (text: string): string =>
    text.replaceAll(includeLine, (_, include: string) => {
      if (included.has(include)) return ''
      included.add(include)
      return expand(kept(includes, include, () => withNames(read(`./includes/${include}.lua`))))
    })
  return expand(withNames(script))
}

const withNames = (text: string): string =>
  text.replaceAll(named, (said, table: 'key' | 'fact', name: string, list?: string) =>
    kept(expressions, said, () => expressionOf(said, table, name, list)),
  )

function expressionOf(said: string, table: 'key' | 'fact', name: string, list: string | undefined): string {
  const parts = list === undefined ? [] : list.split(', ')
  const expression = table === 'key' ? keyOf(name, parts) : factOf(name, parts)
  if (expression === undefined)
    throw new RestyleError('UnknownName', `a script names ${said}, which is not known`)
  return expression
}

function kept(texts: Map<string, string>, name: string, make: () => string): string {
  const text = texts.get(name) ?? make()
  texts.set(name, text)
  return text
}

function keyOf(name: string, parts: string[]): string | undefined {
  const template = Object.hasOwn(keyTemplates, name)
    ? keyTemplates[name as keyof typeof keyTemplates]
    : undefined
  const [first = '', ...rest] = literalsOf(template ?? '')
  if (template === undefined || parts.length !== rest.length) return undefined
  const text = rest.map((after, i) => ` .. ${parts[i]}${after === '' ? '' : ` .. '${after}'`}`)
  return `(ask.prefix .. '${first}'${text.join('')})`
}

function factOf(name: string, [asked, ...more]: string[]): string | undefined {
  const fact = facts[name]
  if (fact === undefined || more.length > 0) return undefined
  if (typeof fact === 'number') return asked === undefined ? String(fact) : undefined
  if (typeof fact === 'string') return asked === undefined ? `'${fact}'` : undefined
  if (Array.isArray(fact)) {
    if (asked === undefined) return `{ ${fact.map((each) => `'${each}'`).join(', ')} }`
    return `(${fact.map((each) => `${asked} == '${each}'`).join(' or ')})`
  }
  if (asked === undefined) return undefined
  const cases = Object.entries(fact).flatMap(([from, to]) =>
    to === undefined ? [] : [`${asked} == '${from}' and '${to}'`],
  )
  return `(${cases.join(' or ')} or nil)`
}

/** What production runs. A test that plants a bug hands `openLedger` an altered copy. */
export const ledgerScripts = Object.fromEntries(
  scriptNames.map((name) => [name, assemble(read(`./${name}.lua`))]),
) as LedgerScripts
