import { createReadStream, createWriteStream } from 'node:fs'
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { linesOfText } from '@restyle/manifest/lines-of-text'
import type { Unit } from '@restyle/manifest/manifest'
import type { Reject, RejectedRow } from '@restyle/manifest/rejected-row'
import { errorCode } from './show/error-code.ts'
import { escapeCell } from '@restyle/results/csv'
import { Stop } from './stop.ts'

/** A row that is left out, as it waits for the columns of the catalog to be known. */
type Waiting = { number: number; field: string; reason: string; cells: Record<string, string> }

/** The rows of a catalog that are left out. They wait on the disk: a catalog may have a million of them. */
export type Rejects = {
  /** For rows that cannot be read. */
  unread: Reject
  /** For rows that are refused when they are checked; all of them again, whenever the rows are checked anew. */
  openChecked: () => Promise<Reject>
  /** Writes the file, if any row was left out. Gives a line that says how many and where. Throws a `Stop`. */
  write: (columns: readonly string[], unit: Unit) => Promise<string | undefined>
} & AsyncDisposable

/** Written together, so that a row costs no write of its own. */
const rowsPerWrite = 200

/** `catalog`: as it was named on the command line; a file beside it gets the rows, or one in `cwd` if it is in a bucket. */
export async function openRejects(catalog: string, cwd: string): Promise<Rejects> {
  const dir = await mkdtemp(join(tmpdir(), 'restyle-rejects-'))
  const spools = {
    unread: await openSpool(join(dir, 'unread')),
    checked: await openSpool(join(dir, 'checked')),
  }
  return {
    unread: spools.unread.add,
    openChecked: async () => {
      spools.checked = await openSpool(join(dir, 'checked'))
      return spools.checked.add
    },
    write: async (columns, unit) => {
      const count = spools.unread.count() + spools.checked.count()
      if (count === 0) return undefined
      const name = rejectsName(catalog)
      const rows = inOrderOfNumber(spools.unread.read(), spools.checked.read())
      await writeWhole(resolve(cwd, name), linesOf(rows, columns, unit), name)
      return `left out ${count} faulty ${unit}s: they are in ${name}, with the reasons`
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}

const rejectsName = (catalog: string): string => {
  const isAddress = /^s3:\/\//i.test(catalog)
  const name = (isAddress ? basename(catalog) : catalog).replace(/[/\\*]+$/, '')
  return `${name}.rejects.csv`
}

async function openSpool(path: string) {
  await writeFile(path, '')
  let count = 0
  let lines: string[] = []
  const flush = async (): Promise<void> => {
    const text = lines.join('')
    lines = []
    await appendFile(path, text)
  }
  return {
    count: () => count,
    add: async (rejected: RejectedRow): Promise<void> => {
      count += 1
      lines.push(`${JSON.stringify(waiting(rejected))}\n`)
      if (lines.length >= rowsPerWrite) await flush()
    },
    read: async function* (): AsyncGenerator<Waiting> {
      await flush()
      for await (const line of linesOfText(createReadStream(path, 'utf8'))) yield JSON.parse(line) as Waiting
    },
  }
}

const waiting = ({ row, faults }: RejectedRow): Waiting => ({
  number: row.number,
  field: [...new Set(faults.map(({ field = '' }) => field))].filter((field) => field !== '').join('; '),
  reason: faults.map(({ detail }) => detail).join('; '),
  cells: Object.fromEntries(row.cells),
})

/** Both come in the order of their numbers. */
async function* inOrderOfNumber(
  a: AsyncGenerator<Waiting>,
  b: AsyncGenerator<Waiting>,
): AsyncGenerator<Waiting> {
  let [first, second] = [await a.next(), await b.next()]
  while (first.done !== true || second.done !== true)
    if (second.done === true || (first.done !== true && first.value.number < second.value.number)) {
      if (first.done !== true) yield first.value
      first = await a.next()
    } else {
      yield second.value
      second = await b.next()
    }
}

/** What this file says of a row; a catalog that was such a file before has these columns too. */
const ours = (unit: Unit): string[] => [unit, 'field', 'reason']

async function* linesOf(
  rows: AsyncIterable<Waiting>,
  columns: readonly string[],
  unit: Unit,
): AsyncGenerator<string> {
  const own = columns.filter((column) => column !== '' && !ours(unit).includes(column.toLowerCase()))
  // of a line of JSON that cannot be read there is only the line
  const all = unit === 'line' ? [...own, 'text'] : own
  // Excel takes a file without the mark for one in the language of the machine
  yield `\uFEFF${[...ours(unit), ...all].map(escapeCell).join(',')}\r\n`
  for await (const { number, field, reason, cells } of rows)
    yield `${[String(number), field, reason, ...all.map((column) => cells[column] ?? '')].map(escapeCell).join(',')}\r\n`
}

async function writeWhole(path: string, lines: AsyncIterable<string>, name: string): Promise<void> {
  const unfinished = `${path}.part`
  try {
    await pipeline(Readable.from(lines), createWriteStream(unfinished))
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw new Stop('input', [`${name} cannot be written (${errorCode(error)}); nothing was sent`])
  }
}
