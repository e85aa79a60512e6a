import { createHash } from 'node:crypto'
import { openKeyIndex } from '@restyle/shared/key-index'
import type { CheckedRow, LocalPicture, PlannedEdit } from './check-row.ts'
import { type Compared, type Comparison, openComparison } from './compare-rows.ts'
import { openKnownRows } from './known-rows.ts'
import type { RawRow } from './manifest.ts'
import { openPreparations } from './preparations.ts'

/** A row that was checked, and the row as it was read. */
export type Checked = CheckedRow & { row: RawRow; number: number }

/**
 * Compares the rows of a catalog with what was enqueued before, one after the other, and adds up what those come to that
 * are to be done.
 */
export function openTotals(rows: number, asked: Comparison | undefined) {
  const comparison = openComparison(asked ?? { known: openKnownRows() })
  const sums = openSums(rows)
  const [whole, base] = [openDigest(), openDigest()]
  let total = 0
  whole.add([asked?.all === true])
  const compare = ({ edit: { key = '', fingerprint } }: Checked): Compared => comparison.of(key, fingerprint)
  return {
    isMeant: (checked: Checked): boolean => compare(checked).isMeant,
    /** Gives how many rows there were by now. */
    add: (checked: Checked): number => {
      const compared = compare(checked)
      comparison.count(compared)
      whole.add([checked.edit.key, checked.edit.fingerprint])
      if (compared.isMeant) {
        base.add(compared.before)
        sums.add(checked)
      }
      total += 1
      return total
    },
    close: () => ({
      ...sums.close(),
      rows: comparison.close(),
      total,
      catalogDigest: whole.close(),
      baseDigest: base.close(),
    }),
  }
}

/** Adds up what rows come to; of each it keeps its number. */
function openSums(rows: number) {
  const numbers = new Uint32Array(rows)
  const known = openKeyIndex()
  const digest = openDigest()
  const images = new Map<string, number>()
  const pictures = { distinct: 0, bytes: 0 }
  const preparations = openPreparations()
  let [edits, bytes, addresses, unseen] = [0, 0, 0, 0]
  const addPicture = (local: LocalPicture): void => {
    if (known.claim(local.sha256, 0) !== undefined) return
    pictures.distinct += 1
    pictures.bytes += local.picture.bytes
    preparations.add(local)
  }
  return {
    add: ({ edit, pictures: local, unseen: more, number }: Checked): void => {
      numbers[edits] = number
      edits += 1
      bytes += digest.add(edit)
      images.set(edit.model, (images.get(edit.model) ?? 0) + edit.n)
      for (const picture of local) addPicture(picture)
      addresses += edit.images.length - local.length
      unseen += more
    },
    close: () => ({
      edits,
      bytes,
      digest: digest.close(),
      images,
      pictures,
      prepared: preparations.close(),
      addresses,
      unseen,
      rowNumber: (index: number) => (index < edits ? numbers[index] : undefined),
    }),
  }
}

/** A digest of edits, or of what is said of them, one after the other. */
export function openDigest() {
  const hash = createHash('sha256')
  return {
    /** Gives the bytes of the value as a line of JSON. */
    add: (value: PlannedEdit | readonly unknown[] | string | undefined): number => {
      const line = `${JSON.stringify(value)}\n`
      hash.update(line)
      return Buffer.byteLength(line)
    },
    close: (): string => hash.digest('hex'),
  }
}
