import { createHash } from 'node:crypto'
import { z } from 'zod'
import { NewBatch, NewEdit } from '../contract/new-edit.ts'
import { faultOfText } from '../contract/text.ts'
import { acceptancePrefix, catalogKey } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'
import { openTurns } from '../turns.ts'

/**
 * What a producer was promised: written before the answer, so that an edit that was accepted comes back even if Redis
 * forgets it. One object per edit that came alone, one per batch: its opening, whose rows are in chunks (rows/). A batch
 * of an older version has its edits here.
 */
export type Acceptance = { v: 1 | 2; batch?: NewBatch | undefined; edits: NewEdit[] }

/** The same before its edits were looked at, so that one that cannot be read hides none of the others. */
const Envelope = z.union([
  z.object({ v: z.literal(1), batch: NewBatch.optional(), edits: z.array(z.unknown()) }),
  z.object({ v: z.literal(2), batch: NewBatch, edits: z.array(z.unknown()).default([]) }),
])

/**
 * Writes the opening of a batch; its rows are not promised with it. Another of the same id stays, a `conflict`. Before it
 * comes what finds the batch by its catalog: a batch that is not found there would be paid again.
 */
export async function writeOpening(
  store: Store,
  batch: NewBatch,
  now: number,
): Promise<'promised' | 'conflict'> {
  if (batch.catalog !== undefined)
    await putJson(store, catalogKey(batch, batch.catalog, batch.createdAt ?? now), { v: 1, promised: now })
  return writeAcceptance(store, batch.id, { v: 2, batch, edits: [] }, now)
}

/** Writes the promise under `id`. One with another body that is there already stays, and this one is a `conflict`. */
export async function writeAcceptance(
  store: Store,
  id: string,
  acceptance: Acceptance,
  now: number,
): Promise<'promised' | 'conflict'> {
  const key = `${acceptancePrefix(now)}${id}`
  const { bytes, sha256 } = await serialize(acceptance)
  const put = await store.putIfAbsent(key, bytes, { contentType: 'application/json', sha256 })
  if (put.kind !== 'collision') return 'promised'
  const first = await readEnvelope(store, key)
  return first === undefined || first.kind === 'poisoned' || bodyOf(first.envelope) === bodyOf(acceptance)
    ? 'promised'
    : 'conflict'
}

/** As JSON, edit by edit: a batch of 100,000 in one go would stop everything else for half a second. */
async function serialize({ edits, ...rest }: Acceptance): Promise<{ bytes: Buffer; sha256: string }> {
  const turn = openTurns()
  const hash = createHash('sha256')
  const parts: Buffer[] = []
  const add = (text: string): void => {
    const part = Buffer.from(text)
    hash.update(part)
    parts.push(part)
  }
  add(`${JSON.stringify(rest).slice(0, -1)},"edits":[`)
  for (const [i, edit] of edits.entries()) {
    await turn()
    add(`${i === 0 ? '' : ','}${JSON.stringify(edit)}`)
  }
  add(']}')
  return { bytes: Buffer.concat(parts), sha256: hash.digest('hex') }
}

/** An edit of a promise, or a whole promise, that cannot be carried out, and why. */
export type Poisoned = { id: string; reason: string }

/** What a promise turned out to be: `poisoned` as a whole, or with some poisoned edits that `acceptance` leaves out. */
export type ReadAcceptance =
  | { kind: 'readable'; acceptance: Acceptance; poisoned: Poisoned[] }
  | { kind: 'poisoned'; reason: string }
  | { kind: 'absent' }

async function readAcceptance(store: Store, key: string): Promise<ReadAcceptance> {
  const read = await readEnvelope(store, key)
  if (read === undefined) return { kind: 'absent' }
  if (read.kind === 'poisoned') return read
  const { envelope } = read
  const poisoned: Poisoned[] = []
  const edits = envelope.edits.flatMap((value) => {
    const { data: edit, error } = NewEdit.safeParse(value)
    const reason = edit === undefined ? String(error?.issues[0]?.message) : faultOfKey(edit)
    if (edit !== undefined && reason === undefined) return [edit]
    poisoned.push({ id: idOf(value), reason: reason ?? '' })
    return []
  })
  return { kind: 'readable', acceptance: { ...envelope, edits }, poisoned }
}

/** The key becomes a part of object keys; half a character in it can be asked of no bucket and written into no ledger. */
function faultOfKey({ key }: NewEdit): string | undefined {
  const fault = faultOfText(key)
  return fault === undefined ? undefined : `its key ${fault}`
}

const idOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : '?'

type Read = { kind: 'read'; envelope: z.infer<typeof Envelope> } | { kind: 'poisoned'; reason: string }

async function readEnvelope(store: Store, key: string): Promise<Read | undefined> {
  const bytes = await store.get(key)
  if (bytes === undefined) return undefined
  try {
    return { kind: 'read', envelope: Envelope.parse(JSON.parse(bytes.toString())) }
  } catch (error) {
    return { kind: 'poisoned', reason: error instanceof Error ? error.message : String(error) }
  }
}

const FirstBody = z.array(z.looseObject({ bodyHash: z.string() }))

function bodyOf({ batch, edits }: { batch?: NewBatch | undefined; edits: unknown[] }): string | undefined {
  return batch?.bodyHash ?? FirstBody.safeParse(edits.slice(0, 1)).data?.[0]?.bodyHash
}

/** The promises made in the hour of `at` (epoch ms), by id; each is read only when asked for. */
export async function* acceptancesOf(
  store: Store,
  at: number,
): AsyncGenerator<{ id: string; read: () => Promise<ReadAcceptance> }> {
  const prefix = acceptancePrefix(at)
  for await (const { key } of store.list(prefix)) {
    yield { id: key.slice(prefix.length), read: () => readAcceptance(store, key) }
  }
}
