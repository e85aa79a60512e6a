import { createReadStream, createWriteStream } from 'node:fs'
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { linesOfText } from '@restyle/manifest/lines-of-text'
import type { Manifest } from '@restyle/manifest/manifest'
import type { Reject, RejectedRow } from '@restyle/manifest/rejected-row'
import { endingOf, type LeftOut, leftOutOf, rejectLines } from './reject-lines.ts'
import { countText } from './show/count-text.ts'
import { errorCode } from './show/error-code.ts'
import { Stop } from './stop.ts'

/** The rows of a catalog that are left out. They wait on the disk: a catalog may have a million of them. */
export type Rejects = {
  /** For rows that cannot be read. */
  unread: Reject
  /** For rows that are refused when they are checked; all of them again, whenever the rows are checked anew. */
  openChecked: () => Promise<Reject>
  /**
   * Writes the file, if any row was left out. Gives lines that say how many, where, and how they are run. `isNumbered`: rows
   * have no key but their numbers. Throws a `Stop`.
   */
  write: (
    manifest: Pick<Manifest, 'columns' | 'unit' | 'folder'>,
    isNumbered: boolean,
  ) => Promise<string[] | undefined>
} & AsyncDisposable

/** How a catalog is named on the command line, and by which name its rows are known. */
export type NamedCatalog = { catalog: string; name: string; cwd: string }

/** Written together, so that a row costs no write of its own. */
const rowsPerWrite = 200

/** A file beside the catalog gets the rows, or one in `cwd` if it is in a bucket. */
export async function openRejects({ catalog, name, cwd }: NamedCatalog): Promise<Rejects> {
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
    write: async ({ columns, unit, folder }, isNumbered) => {
      const count = spools.unread.count() + spools.checked.count()
      if (count === 0) return undefined
      const rows = inOrderOfNumber(spools.unread.read(), spools.checked.read())
      const file = `${stemOf(catalog, cwd)}.rejects.${endingOf(unit)}`
      const lines = rejectLines(rows, {
        columns,
        unit,
        isNumbered,
        isAgain: isRejects(catalog),
        folder: folderSeen(folder, catalog, cwd),
      })
      await writeWhole(resolve(cwd, file), lines, file)
      const pictures =
        unit !== 'file' && inBucket.test(catalog) ? ` --pictures ${catalog.replace(/[^/]*$/, '')}` : ''
      return [
        `left out ${countText(count, `faulty ${unit}`)}: they are in ${file}, with the reasons`,
        `correct them there, and run that file as you ran the catalog, by its name: restyle run ${quoted(file)} --catalog ${quoted(name)}${pictures}`,
      ]
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}

/** Whether a catalog is such a file: a part of another one, by its name. */
export const isRejects = (catalog: string): boolean => /\.rejects\.(csv|jsonl)$/i.test(catalog)

const inBucket = /^s3:\/\//i

/** What the file is called after, as it is found from `cwd`. */
function stemOf(catalog: string, cwd: string): string {
  if (inBucket.test(catalog)) return basename(catalog.replace(/[/*]+$/, ''))
  const named = catalog.replace(/[/\\]+$/, '')
  // the working folder itself: a file beside it would be one elsewhere
  return /^\.{0,2}$/.test(basename(named)) ? basename(resolve(cwd, catalog)) : named
}

/** How the file names the folder whose pictures are the rows. */
function folderSeen(folder: string, catalog: string, cwd: string): string {
  if (inBucket.test(catalog)) return folder
  return dirname(resolve(cwd, stemOf(catalog, cwd))) === resolve(cwd, catalog) ? '' : `${basename(folder)}/`
}

const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

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
      lines.push(`${JSON.stringify(leftOutOf(rejected))}\n`)
      if (lines.length >= rowsPerWrite) await flush()
    },
    read: async function* (): AsyncGenerator<LeftOut> {
      await flush()
      for await (const line of linesOfText(createReadStream(path, 'utf8'))) yield JSON.parse(line) as LeftOut
    },
  }
}

/** Both come in the order of their numbers. */
async function* inOrderOfNumber(
  a: AsyncGenerator<LeftOut>,
  b: AsyncGenerator<LeftOut>,
): AsyncGenerator<LeftOut> {
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
