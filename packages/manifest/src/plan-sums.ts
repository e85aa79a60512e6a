import { createHash } from 'node:crypto'
import { openKeyIndex } from '@restyle/shared/key-index'
import type { CheckedRow, LocalPicture, PlannedEdit } from './check-row.ts'
import { openPreparations } from './preparations.ts'

/** A row that was checked, and its number. */
export type Checked = CheckedRow & { number: number }

/** Adds up what the rows come to; of each row it keeps its number. */
export function openSums(rows: number) {
  const numbers = new Uint32Array(rows)
  const known = openKeyIndex()
  const digest = openDigest()
  const images = new Map<string, number>()
  const pictures = { distinct: 0, bytes: 0 }
  const preparations = openPreparations()
  let [edits, bytes, addresses] = [0, 0, 0]
  const addPicture = (local: LocalPicture): void => {
    if (known.claim(local.sha256, 0) !== undefined) return
    pictures.distinct += 1
    pictures.bytes += local.picture.bytes
    preparations.add(local)
  }
  return {
    count: () => edits,
    add: ({ edit, pictures: local, number }: Checked): void => {
      numbers[edits] = number
      edits += 1
      bytes += digest.add(edit)
      images.set(edit.model, (images.get(edit.model) ?? 0) + edit.n)
      for (const picture of local) addPicture(picture)
      addresses += edit.images.length - local.length
    },
    close: () => ({
      edits,
      bytes,
      digest: digest.close(),
      images,
      pictures,
      prepared: preparations.close(),
      addresses,
      rowNumber: (index: number) => (index < edits ? numbers[index] : undefined),
    }),
  }
}

/** A digest of edits, one after the other. */
export function openDigest() {
  const hash = createHash('sha256')
  return {
    /** Gives the bytes of the edit as a line of JSON. */
    add: (edit: PlannedEdit): number => {
      const line = `${JSON.stringify(edit)}\n`
      hash.update(line)
      return Buffer.byteLength(line)
    },
    close: (): string => hash.digest('hex'),
  }
}
