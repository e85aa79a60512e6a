import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Edit } from '../contract/edit.ts'
import { editIdOfRow, takeOfEditId } from '../ledger/batches.ts'
import { judgedRedoKey, redoKey, redosPrefix } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'
import { editOfLine, packResults, resultsOf, unpackResults } from './results.ts'

/*
 * A redo makes the picture of an edit once more, asked otherwise: an edit of its own, that came alone. The bucket knows which
 * redos an edit has; a redo that was judged is kept there too, as the verdict outlives what the ledger holds of it.
 */

/** So many redos an edit may have: each is looked up where all are shown. */
export const mostRedos = 20

/** The edit that `edit`, or the redo that it is, makes once more. */
export const redoneOf = ({ id, redoOf }: Pick<Edit, 'id' | 'redoOf'>): string => redoOf ?? id

/** Under which name the redos of all edits of a row are noted, or of an edit that came alone. */
function rootOf(edit: Pick<Edit, 'id' | 'redoOf'>): string {
  const id = redoneOf(edit)
  const place = takeOfEditId(id)
  return place === undefined ? id : editIdOfRow(place.batch, place.row)
}

/** Notes that `edit` has this redo, which may never come. */
export async function noteRedo(store: Pick<Store, 'putIfAbsent'>, edit: Edit, redo: string): Promise<void> {
  await putJson(store, redoKey(rootOf(edit), redo), { v: 1 })
}

/** The ids of the redos of an edit, or of its row. */
export async function redosOf(
  store: Pick<Store, 'list'>,
  edit: Pick<Edit, 'id' | 'redoOf'>,
): Promise<string[]> {
  const prefix = redosPrefix(rootOf(edit))
  const ids: string[] = []
  for await (const { key } of store.list(prefix)) {
    ids.push(key.slice(prefix.length))
    if (ids.length > 2 * mostRedos) break
  }
  return ids
}

/** `results`: of this one edit, as those of a chunk of rows (results.ts), in base64. */
const Kept = z.object({ v: z.literal(1), producer: z.string(), redoOf: z.string(), results: z.base64() })

/** A redo as it was when it was judged; undefined where it was not. Throws what the store throws, and where it is damaged. */
export async function readJudgedRedo(store: Pick<Store, 'get'>, id: string): Promise<Edit | undefined> {
  const bytes = await store.get(judgedRedoKey(id))
  if (bytes === undefined) return undefined
  const { producer, redoOf, results } = Kept.parse(JSON.parse(bytes.toString()))
  const { chunk } = await unpackResults(Buffer.from(results, 'base64'), 0)
  const line = chunk.lines.get(0)
  return line && { ...editOfLine({ id: '', producer }, line), id, redoOf }
}

/** Keeps what became of a redo, before it is judged. */
export async function keepRedo(store: Pick<Store, 'putIfAbsent'>, redo: Edit): Promise<void> {
  const results = (await packResults(resultsOf(0, '+', [redo]))).toString('base64')
  const kept: z.infer<typeof Kept> = { v: 1, producer: redo.producer, redoOf: redoneOf(redo), results }
  const bytes = Buffer.from(JSON.stringify(kept))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await store.putIfAbsent(judgedRedoKey(redo.id), bytes, { contentType: 'application/json', sha256 })
}
