import type { StoredImage } from '@restyle/shared/contract/edit'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { imageKey } from '@restyle/shared/object-key'
import { readAttempt } from '@restyle/shared/receipt/receipt'
import type { Store } from '@restyle/shared/store/store'
import type { Remembered } from './restore-point.ts'

/** Gathers what the bucket holds of one edit: the receipts of its newest attempt, and its images. */
export async function readReceipts(store: Store, keyTemplate: string, edit: NewEdit): Promise<Remembered> {
  const attempt = await newestAttempt(store, edit.id)
  const [receipts, images] = await Promise.all([
    readAttempt(store, edit.id, attempt),
    imagesOf(store, keyTemplate, edit),
  ])
  return { ...receipts, n: edit.request.n, attempt, images }
}

async function newestAttempt(store: Store, editId: string): Promise<number> {
  const prefix = `receipts/${editId}/`
  let newest = 0
  for await (const { key } of store.list(prefix)) {
    const attempt = Number(key.slice(prefix.length).split('/')[0])
    if (Number.isInteger(attempt)) newest = Math.max(newest, attempt)
  }
  return newest
}

/** Images under the edit's own keys that say that they are this edit's. */
async function imagesOf(store: Store, keyTemplate: string, edit: NewEdit): Promise<Remembered['images']> {
  const found: { index: number; stored: StoredImage; costMicros: number }[] = []
  for (let index = 0; index < edit.request.n; index += 1) {
    for await (const { key } of store.list(imageKey(keyTemplate, edit, index, ''))) {
      const head = await store.head(key)
      if (head?.metadata['edit'] !== edit.id || head.sha256 === undefined) continue
      const { metadata, sha256, bytes, contentType } = head
      const size = { width: Number(metadata['width'] ?? 0), height: Number(metadata['height'] ?? 0) }
      found.push({
        index,
        stored: { key, sha256, bytes, contentType, ...size },
        costMicros: Number(metadata['cost-micros'] ?? 0),
      })
      break
    }
  }
  return found
}
