import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ApiError } from '@restyle/client/api-error'
import { openColumnNames } from '@restyle/results/column-names'
import type { ResultRow } from '@restyle/results/result-row'
import type { Io } from './io.ts'
import { errorCode } from './show/error-code.ts'
import { Stop } from './stop.ts'

/** Rows that wait in a file of their own until it is removed: a million of them are a gigabyte. */
export type Spool = {
  count: number
  /** The names of the catalog's own columns; `isCut`: there were more. */
  columns: readonly string[]
  isCut: boolean
  rows: () => AsyncGenerator<ResultRow>
  remove: () => Promise<void>
}

/** Reads all rows into a file beside the other temporary ones. */
export async function openSpool(
  rows: AsyncIterable<ResultRow>,
  { signal }: Pick<Io, 'signal'>,
): Promise<Spool> {
  const names = openColumnNames()
  const folder = await mkdtemp(join(tmpdir(), 'restyle-results-'))
  const file = join(folder, 'rows.jsonl')
  let count = 0
  async function* lines(): AsyncGenerator<string> {
    for await (const row of rows) {
      names.add(row.columns)
      count += 1
      yield `${JSON.stringify(row)}\n`
    }
  }
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await pipeline(Readable.from(lines()), createWriteStream(file, { mode: 0o600 }), { signal })
  } catch (error) {
    await remove()
    if (error instanceof ApiError || signal.aborted) throw error
    throw new Stop('input', [
      `the rows cannot be kept in ${tmpdir()} (${errorCode(error)}): TMPDIR names another folder`,
    ])
  }
  return {
    count,
    columns: names.names(),
    isCut: names.isCut(),
    rows: async function* () {
      for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity }))
        yield JSON.parse(line) as ResultRow
    },
    remove,
  }
}
