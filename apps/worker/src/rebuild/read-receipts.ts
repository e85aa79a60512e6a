import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { cancelKey } from '@restyle/shared/object-key'
import { readCancelOrder } from '@restyle/shared/receipt/cancel-order'
import { readAttempt } from '@restyle/shared/receipt/receipt'
import type { Store } from '@restyle/shared/store/store'
import { type ImagePlaces, ownImages } from '../hand/own-images.ts'
import type { Remembered } from './restore-point.ts'

/** Gathers what the bucket holds of one edit: the receipts of its newest attempt, and its images. */
export async function readReceipts(places: ImagePlaces, edit: NewEdit): Promise<Remembered> {
  const { store } = places
  const { attempt, canceled } = await listReceipts(store, edit.id)
  const [receipts, images, canceledAt] = await Promise.all([
    readAttempt(store, edit.id, attempt),
    ownImages(places, edit),
    canceled ? readCancelOrder(store, 'edit', edit.id) : undefined,
  ])
  return { ...receipts, n: edit.request.n, attempt, images, canceledAt }
}

/** The newest attempt of which there is a receipt; 0 where none is. */
export const newestAttempt = async (store: Store, editId: string): Promise<number> =>
  (await listReceipts(store, editId)).attempt

/** The newest attempt, and whether the edit was canceled. */
async function listReceipts(store: Store, editId: string): Promise<{ attempt: number; canceled: boolean }> {
  const prefix = `receipts/${editId}/`
  let newest = 0
  let canceled = false
  for await (const { key } of store.list(prefix)) {
    const attempt = Number(key.slice(prefix.length).split('/')[0])
    if (Number.isInteger(attempt)) newest = Math.max(newest, attempt)
    if (key === cancelKey('edit', editId)) canceled = true
  }
  return { attempt: newest, canceled }
}
