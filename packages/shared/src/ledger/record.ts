import type { z } from 'zod'
import { RestyleError } from '../errors.ts'
import type { RedisClient } from '../redis/redis-client.ts'
import { Edit } from '../contract/edit.ts'
import type { NewEdit } from '../contract/new-edit.ts'
import { digestOf } from '../ids.ts'
import type { LedgerKeys } from './keys.ts'
import type { RunScript } from './script.ts'

/** What the ledger's verbs work with. */
export type LedgerContext = { redis: RedisClient; keys: LedgerKeys; run: RunScript }

/** Fields as a hash keeps them: text, and JSON for what has parts. `null` stays: it removes the field. */
export function toFields(values: object): Record<string, string | null> {
  const text = (value: unknown) =>
    value === null || typeof value === 'string' ? value : JSON.stringify(value)
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, text(value)]])),
  )
}

/** A new edit's fields, with what the scripts ask of its request: Lua would have to parse it. */
export const newFields = (edit: NewEdit): Record<string, string | null> =>
  toFields({
    ...edit,
    model: edit.request.model,
    n: edit.request.n,
    alike: digestOf(edit.request.prompt),
    class: edit.request.class,
    // not yet where the vendor can open it
    ...(edit.request.images.some((address) => !address.startsWith('http')) ? { travels: '1' } : {}),
  })

/** A hash's fields, with the texts whole that the scripts have cut (includes/pieces.lua): `request`, `request~1`, … */
export function joined(fields: Record<string, string>): Record<string, string> {
  // few are cut
  if (!Object.keys(fields).some((name) => name.includes('~'))) return fields
  const whole: Record<string, string> = {}
  for (const [name, text] of Object.entries(fields)) {
    if (name.includes('~')) continue
    let all = text
    for (let i = 1, more = fields[`${name}~1`]; more !== undefined; more = fields[`${name}~${++i}`])
      all += more
    whole[name] = all
  }
  return whole
}

/** An edit out of its hash. Fields that this version does not know are left out. Throws `Unreadable`. */
export function editOf(fields: Record<string, string>): Edit | undefined {
  const record = recordOf(null, fields)
  if (record.kind === 'unreadable') throw unreadable('edit', fields['id'] ?? '', record.why)
  return record.kind === 'edit' ? record.edit : undefined
}

/** A record that a newer version wrote, or that is damaged. */
export const unreadable = (what: string, id: string, why: string): RestyleError =>
  new RestyleError('Unreadable', `${what} ${id} cannot be read: ${why}`, { id })

/** Whether a key holds something of another kind than it should. */
export const isWrongType = (error: unknown): error is Error =>
  error instanceof Error && error.message.startsWith('WRONGTYPE')

/** The first thing that is wrong with a record. */
export function whyUnreadable({ issues }: z.ZodError): string {
  const { path, message } = issues[0] ?? { path: [], message: 'no reason' }
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}

/** What the ledger has under an edit's id. `unreadable`: as a newer version writes it, or damaged. */
export type EditRecord = { kind: 'edit'; edit: Edit } | { kind: 'none' } | { kind: 'unreadable'; why: string }

/** An edit out of what Redis answered when asked for its hash. */
export function recordOf(error: Error | null, fields: unknown): EditRecord {
  if (error !== null) return { kind: 'unreadable', why: error.message }
  const { id } = fields as Record<string, string>
  if (id === undefined) return { kind: 'none' }
  const read = Edit.safeParse(joined(fields as Record<string, string>))
  if (read.success) return { kind: 'edit', edit: read.data }
  return { kind: 'unreadable', why: whyUnreadable(read.error) }
}

/** What a script answers: a word, and what belongs to it; its header says what. */
export type Answer = readonly [kind: string, ...rest: unknown[]]

/** An edit after a script wrote to the very version of it that is given: what it says it has put and removed, parsed. */
export function afterWrite(edit: Edit, written: unknown, removed: unknown): Edit {
  const after: Record<string, unknown> = { ...edit }
  const list = written as string[]
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i] as keyof typeof Edit.shape
    after[name] = Edit.shape[name].parse(list[i + 1])
  }
  for (const name of removed as string[]) delete after[name]
  return after as Edit
}

/** What a pipeline was answered. Throws the first error. */
export async function answersOf(pipeline: ReturnType<RedisClient['pipeline']>): Promise<unknown[]> {
  return ((await pipeline.exec()) ?? []).map(([error, answer]) => {
    if (error !== null) throw error
    return answer
  })
}
