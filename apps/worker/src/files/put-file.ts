import { createHash } from 'node:crypto'
import type { BatchFile } from '@restyle/shared/contract/batch-files'
import type { Store } from '@restyle/shared/store/store'
import { contentTypes, type FileKind, fileName } from './file-names.ts'

/** Where the files of one end of a batch go. */
export type Place = { folder: string; number: number }

/** Bytes of a digest that tell an object from another of its name. */
const markLength = 12

/** Creates a file, or finds it there. Beside one that has other bytes it gets a name of its own: none is ever overwritten. */
export async function putFile(
  store: Pick<Store, 'putIfAbsent'>,
  { folder, number }: Place,
  {
    what,
    kind,
    part,
    bytes,
  }: { what: 'results' | 'report' | 'files'; kind: FileKind; part: number; bytes: Buffer },
): Promise<BatchFile> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const contentType = contentTypes[kind]
  for (const other of [undefined, sha256.slice(0, markLength)]) {
    const name = fileName(what, kind, { number, part, ...(other === undefined ? {} : { other }) })
    const key = `${folder}${name}`
    const put = await store.putIfAbsent(key, bytes, { contentType, sha256 })
    if (put.kind !== 'collision') return { name, key, bytes: bytes.length, sha256, contentType }
  }
  throw new Error(`objects with two names of ${what} part ${part} have other bytes`)
}
