import { basename } from 'node:path'
import { catalogLimits } from './catalog-limits.ts'
import type { Catalog } from './catalog.ts'
import { shown, type Manifest, type ManifestFault, type RawRow, type Row } from './manifest.ts'
import { openNotes, type Notes } from './notes.ts'
import { openManifest } from './open-manifest.ts'
import type { Reject } from './rejected-row.ts'

/**
 * What a catalog is. With `faults` it cannot be used, and what could be read may still be checked, so that its author
 * hears of everything at once. `notes` are what was left out.
 */
export type ScannedManifest = { manifest: Manifest; faults: ManifestFault[]; notes: Notes }

const { faults: mostFaults, fieldCharacters } = catalogLimits

/**
 * Reads a catalog once and keeps none of its rows. It must hold at least one row and at most
 * `mostRows`: reading stops at the first row above that. Rows that cannot be read go to `reject`, where there is one.
 */
export async function scanManifest(
  catalog: Catalog,
  { mostRows, reject }: { mostRows: number; reject?: Reject },
): Promise<ScannedManifest> {
  const { path } = catalog
  const opened = await openManifest(catalog)
  const faults: ManifestFault[] = []
  const notes = openNotes()
  const none: ScannedManifest = {
    manifest: { unit: 'row', folder: path, columns: [], rows: 0 },
    faults,
    notes,
  }
  if (opened.kind === 'unfit') return { ...none, faults: [opened.fault] }
  const { unit, folder, items } = opened
  const columns = new Set<string>()
  const stop = (detail: string) => ({ ...none, faults: [{ where: shown(basename(path)), detail }] })
  const unread = openUnread(reject)
  let [rows, characters] = [0, 0]
  for await (const item of items) {
    if (item.kind === 'note') notes.add(item.note)
    else if (item.kind === 'fault') {
      if (reject !== undefined && item.row !== undefined) {
        await unread.add(item.row, item.fault)
        continue
      }
      faults.push(item.fault)
      if (faults.length === mostFaults) break
    } else {
      if (rows === mostRows) return stop(`has more than ${mostRows} rows; split it`)
      rows += 1
      for (const column of item.row.cells.keys()) {
        if (columns.has(column)) continue
        columns.add(column)
        characters += column.length
      }
      if (characters > fieldCharacters)
        return stop(`has fields whose names have more than ${fieldCharacters} characters together; split it`)
    }
  }
  await unread.close()
  if (rows === 0 && faults.length === 0)
    return stop(unread.count() === 0 ? 'has no rows' : `has no row without a fault; ${unread.first()}`)
  return { manifest: { unit, folder, columns: [...columns], rows }, faults, notes }
}

/** The rows of a catalog that was scanned, read again; without those that cannot be read. */
export async function* rowsOf(catalog: Catalog): AsyncGenerator<Row> {
  const opened = await openManifest(catalog)
  if (opened.kind === 'unfit') return
  for await (const item of opened.items) if (item.kind === 'row') yield item.row
}

/** Rows that cannot be read, each with all that is wrong with it: faults of one row follow one another. */
function openUnread(reject: Reject | undefined) {
  let [count, first] = [0, '']
  let last: { row: RawRow; faults: ManifestFault[] } | undefined
  const close = async (): Promise<void> => {
    if (last !== undefined) await reject?.(last)
    last = undefined
  }
  return {
    count: () => count,
    /** The first fault of all, as a line. */
    first: () => first,
    add: async (row: RawRow, fault: ManifestFault): Promise<void> => {
      if (last?.row.number === row.number) {
        last.faults.push(fault)
        return
      }
      await close()
      count += 1
      if (count === 1) first = [fault.where, fault.field ?? [], fault.detail].flat().join(': ')
      last = { row, faults: [fault] }
    },
    close,
  }
}
