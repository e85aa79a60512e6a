import { type Fault, short } from '@restyle/shared/contract/fault'
import { rejectsKey, rejectsPrefix, rowsKey } from '@restyle/shared/object-key'
import { type Row, unpackChunk } from '@restyle/shared/rows/chunk'
import { putJson } from '@restyle/shared/store/put-json'
import type { Store } from '@restyle/shared/store/store'
import { z } from 'zod'

/** Of a line that was left out as much is kept: a refusal may be longer than what it refuses. */
const keptFaults = 10

/**
 * A line that is no row of the batch, and why. `first` is the row that was the next when it came, `line` its place in what
 * came with it: both count from 1. `key` is its own, where it could be read.
 */
export const Reject = z.object({
  first: z.int(),
  line: z.int(),
  key: z.string().exactOptional(),
  errors: z.array(z.object({ pointer: z.string().exactOptional(), detail: z.string() })),
})
export type Reject = z.infer<typeof Reject>

const Rejects = z.object({ v: z.literal(1), rejects: z.array(Reject) })

/** Which chunk: its first row, from 0, and the digest of what came. */
export type ChunkName = { batch: string; first: number; digest: string }

export const rejectOf = (first: number, place: number, key: string | undefined, faults: Fault[]): Reject => ({
  first: first + 1,
  line: place + 1,
  ...(key === undefined ? {} : { key }),
  errors: faults.slice(0, keptFaults).map(({ path, detail }) => ({
    ...(path.length === 0 ? {} : { pointer: path.map(pointerPart).join('') }),
    detail,
  })),
})

/** RFC 6901. A name that somebody sent may be as long as the line. */
const pointerPart = (part: PropertyKey): string =>
  `/${short(String(part)).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Keeps which lines are left out, before the others are taken; gives those that count: the first that were kept. */
export async function keepRejects(
  store: Pick<Store, 'putIfAbsent' | 'get'>,
  chunk: ChunkName,
  rejects: readonly Reject[],
): Promise<readonly Reject[]> {
  const key = rejectsKey(chunk.batch, chunk.first, chunk.digest)
  const { kind } = await putJson(store, key, { v: 1, rejects })
  return kind === 'collision' ? ((await readRejects(store, chunk)) ?? rejects) : rejects
}

export async function readRejects(
  store: Pick<Store, 'get'>,
  { batch, first, digest }: ChunkName,
): Promise<readonly Reject[] | undefined> {
  const bytes = await store.get(rejectsKey(batch, first, digest))
  return bytes === undefined ? undefined : Rejects.parse(JSON.parse(bytes.toString())).rejects
}

/** The next page of a batch's rejects, after that of the chunk of this name: what one chunk had of them, and its name. */
export async function pageOfRejects(
  store: Pick<Store, 'get' | 'list'>,
  batch: string,
  chunk: string | undefined,
): Promise<{ rejects: readonly Reject[]; next?: string }> {
  const prefix = rejectsPrefix(batch)
  const after = chunk === undefined ? {} : { after: `${prefix}${chunk}` }
  for await (const { key } of store.list(prefix, after)) {
    const bytes = await store.get(key)
    if (bytes === undefined) continue
    const { rejects } = Rejects.parse(JSON.parse(bytes.toString()))
    return { rejects, next: key.slice(prefix.length) }
  }
  return { rejects: [] }
}

/** The chunk that is stored there. */
export async function storedRows(
  store: Pick<Store, 'get'>,
  batch: string,
  first: number,
): Promise<readonly Row[] | undefined> {
  const bytes = await store.get(rowsKey(batch, first))
  return bytes === undefined ? undefined : (await unpackChunk(bytes, first)).rows
}
