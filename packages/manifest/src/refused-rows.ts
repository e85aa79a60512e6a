import type { ManifestFault, Row, Unit } from './manifest.ts'
import type { Checked } from './plan-sums.ts'
import type { Reject } from './rejected-row.ts'

/** Faults that are kept of rows that are left out: enough to show where none is left. */
const mostKept = 20

/** Which rows of a catalog are left out, by their place in it: a bit more than nothing for each. */
export type RefusedRows = {
  /** Asked for every checked row, in their order. Whether the row is left out. */
  take: (checked: Checked) => Promise<boolean>
  count: () => number
  /** The first faults of rows that were left out. */
  faults: () => readonly ManifestFault[]
  /** The same rows again, without those. */
  without: (rows: AsyncIterable<Row>) => AsyncGenerator<Row>
}

/** Without `reject` no row is left out. */
export function openRefused(rows: number, unit: Unit, reject: Reject | undefined): RefusedRows {
  const marks = new Uint8Array(rows)
  const faults: ManifestFault[] = []
  let [at, count] = [-1, 0]
  return {
    take: async (checked) => {
      at += 1
      if (reject === undefined || checked.faults.length === 0) return false
      const { row, number, faults: found } = checked
      await reject({ row, faults: found })
      marks[at] = 1
      count += 1
      for (const fault of checked.faults)
        if (faults.length < mostKept) faults.push({ where: `${unit} ${number}`, ...fault })
      return true
    },
    count: () => count,
    faults: () => faults,
    without: async function* (again) {
      let place = -1
      for await (const row of again) {
        place += 1
        if (marks[place] !== 1) yield row
      }
    },
  }
}
