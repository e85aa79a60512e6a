import { readWhole } from './read-whole.ts'
import { rowXml, type WorkbookXml } from './write-workbook.ts'
import type { ReadOptions } from '../src/catalog.ts'

/** A catalog with plain objects for maps, and a line for each fault and note. */
export async function readPlain(path: string, options: Partial<ReadOptions> = {}) {
  const { manifest, faults, notes } = await readWhole(path, {
    imageColumn: 'image',
    mostRows: 100_000,
    ...options,
  })
  const line = (each: (typeof faults)[number]) =>
    `${[each.where, each.field ?? []].flat().join(', ')}: ${each.detail}`
  return {
    rows: manifest.rows.map(({ number, cells, images, unreadable }) => ({
      number,
      cells: Object.fromEntries(cells),
      images: images.map(({ address }) => address),
      ...(unreadable === undefined ? {} : { unreadable: Object.fromEntries(unreadable) }),
    })),
    faults: faults.map(line),
    notes: notes.map(line),
  }
}

/** One sheet with a header and rows from 2. */
export const sheet = (header: readonly string[], ...rows: (readonly string[])[]): WorkbookXml => ({
  sheets: [{ name: 'A', rows: [header, ...rows].map((cells, index) => rowXml(index + 1, cells)).join('') }],
})
