import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { errorCode } from '../error-code.ts'
import { Stop } from '../stop.ts'
import type { Manifest } from './manifest.ts'
import { readFolder } from './read-folder.ts'
import { readJsonLines } from './read-json-lines.ts'
import { readTable } from './read-table.ts'

/** What the producer takes in one batch. */
const MOST_ROWS = 100_000

/** Reads a `.csv`, `.tsv` or `.jsonl` file or a folder of pictures; `path` is absolute. */
export async function readManifest(path: string, imageColumn: string): Promise<Manifest> {
  const manifest = await readByKind(path, imageColumn)
  if (manifest.rows.length === 0) throw new Stop('input', [`${basename(path)} has no rows`])
  if (manifest.rows.length > MOST_ROWS)
    throw new Stop('input', [
      `${basename(path)} has ${manifest.rows.length} rows; a batch holds at most ${MOST_ROWS}: split it`,
    ])
  return manifest
}

async function readByKind(path: string, imageColumn: string): Promise<Manifest> {
  const found = await stat(path).catch((error: unknown) => {
    const code = errorCode(error)
    throw new Stop('input', [
      code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read (${code})`,
    ])
  })
  if (found.isDirectory()) return readFolder(path)
  switch (extname(path).toLowerCase()) {
    case '.csv':
      return readTable(path, imageColumn)
    case '.tsv':
      return readTable(path, imageColumn, '\t')
    case '.jsonl':
    case '.ndjson':
      return readJsonLines(path, imageColumn)
    default:
      throw new Stop('input', [
        `${basename(path)} is no catalog: give a .csv, .tsv or .jsonl file, or a folder of pictures`,
      ])
  }
}
