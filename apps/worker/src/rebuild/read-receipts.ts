import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { readAttempt } from '@restyle/shared/receipt/receipt'
import type { Store } from '@restyle/shared/store/store'
import { type ImagePlaces, ownImages } from '../hand/own-images.ts'
import type { Remembered } from './restore-point.ts'

/** Gathers what the bucket holds of one edit: the receipts of its newest attempt, and its images. */
export async function readReceipts(places: ImagePlaces, edit: NewEdit): Promise<Remembered> {
  const { store } = places
  const attempt = await newestAttempt(store, edit.id)
  const [receipts, images] = await Promise.all([
    readAttempt(store, edit.id, attempt),
    ownImages(places, edit),
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
