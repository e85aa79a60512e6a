import { hash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { isBucketName } from './buckets.ts'
import { ObjectRecord } from './object-record.ts'
import type { ObjectKeeper } from './object-record.ts'

/** A sidecar: where the body lies, relative to the folder, and what is known of it. */
const Sidecar = z.object({ bucket: z.string(), file: z.string(), record: ObjectRecord })
type Sidecar = z.infer<typeof Sidecar>

/**
 * Keeps each object as a file a person can open: bytes at `<dir>/<bucket>/<key>`, the rest in `<dir>/.meta/records`.
 * Keys that make no file name (`..`, `//`, a file where a folder is) have their bytes in `<dir>/.meta/odd`.
 *
 * A write happens when its bytes are renamed into place. Both files are on disk by then, so after a kill `load` either
 * forgets the write (its bytes are still in `.meta/new`) or finishes it (only its sidecar is). One process per folder.
 */
export function keepInFiles(dir: string): ObjectKeeper {
  const folders = foldersOf(dir)
  const files = new Map<string, string>()
  /** Folded names of files. */
  const taken = new Set<string>()

  const remember = (name: string, file: string): void => {
    files.set(name, file)
    taken.add(fold(file))
  }

  const fileFor = async (bucket: string, key: string): Promise<string> => {
    const name = `${bucket}/${key}`
    const known = files.get(name)
    if (known !== undefined) return known
    const free = isFileName(key) && !taken.has(fold(name)) && (await fits(join(dir, name)))
    return free ? name : join('.meta', 'odd', hash('sha256', name))
  }

  return {
    async load() {
      await settleAll(folders)
      const loaded = new Map((await bucketsIn(dir)).map((bucket) => [bucket, [] as ObjectRecord[]]))
      for (const { bucket, file, record } of await readSidecars(dir, folders.records)) {
        remember(`${bucket}/${record.key}`, file)
        loaded.get(bucket)?.push(record)
      }
      return loaded
    },

    async addBucket(bucket) {
      await mkdir(join(dir, bucket), { recursive: true })
    },

    async write(bucket, record, body) {
      const file = await fileFor(bucket, record.key)
      await writeObject(folders, { bucket, file, record }, body)
      remember(`${bucket}/${record.key}`, file)
    },

    read: async (bucket, key) => await readFile(join(dir, files.get(`${bucket}/${key}`) ?? '')),

    async remove(bucket, key) {
      const name = `${bucket}/${key}`
      const file = files.get(name)
      if (file === undefined) return
      await rm(sidecarOf(folders, name), { force: true })
      await rm(join(dir, file), { force: true })
      files.delete(name)
      taken.delete(fold(file))
    },
  }
}

type Folders = { dir: string; news: string; records: string; odd: string }

const foldersOf = (dir: string): Folders => ({
  dir,
  news: join(dir, '.meta', 'new'),
  records: join(dir, '.meta', 'records'),
  odd: join(dir, '.meta', 'odd'),
})

function sidecarOf({ records }: Folders, name: string): string {
  return join(records, `${hash('sha256', name)}.json`)
}

async function writeObject(folders: Folders, sidecar: Sidecar, body: Buffer): Promise<void> {
  const { bucket, file, record } = sidecar
  const fresh = join(folders.news, randomUUID())
  // the bytes' file is there before the note's: a note alone means that the bytes were moved
  const bytes = await open(`${fresh}.bytes`, 'wx')
  const note = await open(`${fresh}.json`, 'wx')
  await Promise.all([writeDown(bytes, body), writeDown(note, JSON.stringify(sidecar))])
  await rename(`${fresh}.bytes`, join(folders.dir, file))
  await rename(`${fresh}.json`, sidecarOf(folders, `${bucket}/${record.key}`))
}

/** Makes the folders where they are missing, and finishes or forgets the writes that a kill has cut short. */
async function settleAll(folders: Folders): Promise<void> {
  const { news, records, odd } = folders
  for (const folder of [news, records, odd]) await mkdir(folder, { recursive: true })
  for (const name of await readdir(news))
    if (name.endsWith('.json')) await settle(folders, name.slice(0, -'.json'.length))
  await rm(news, { recursive: true })
  await mkdir(news)
}

async function settle(folders: Folders, id: string): Promise<void> {
  const note = join(folders.news, `${id}.json`)
  if ((await sizeOf(join(folders.news, `${id}.bytes`))) !== undefined) return
  const { bucket, record } = Sidecar.parse(JSON.parse(await readFile(note, 'utf8')))
  await rename(note, sidecarOf(folders, `${bucket}/${record.key}`))
}

async function bucketsIn(dir: string): Promise<string[]> {
  const folders = await readdir(dir, { withFileTypes: true })
  return folders.filter((folder) => folder.isDirectory() && isBucketName(folder.name)).map(({ name }) => name)
}

/** The sidecars whose bytes are still there: a person may have thrown files away. */
async function readSidecars(dir: string, records: string): Promise<Sidecar[]> {
  const names = await readdir(records)
  const found: Sidecar[] = []
  // a slice at a time: a process may open only so many files
  for (let at = 0; at < names.length; at += 64) {
    const slice = names.slice(at, at + 64).map(async (name) => {
      const sidecar = Sidecar.parse(JSON.parse(await readFile(join(records, name), 'utf8')))
      return (await sizeOf(join(dir, sidecar.file))) === sidecar.record.size ? [sidecar] : []
    })
    found.push(...(await Promise.all(slice)).flat())
  }
  return found
}

/** Can the key be a path below its bucket's folder, and nowhere else? */
function isFileName(key: string): boolean {
  return key
    .split('/')
    .every(
      (part) =>
        part !== '' &&
        part !== '.' &&
        part !== '..' &&
        Buffer.byteLength(part) <= 255 &&
        !/[\0\\]/.test(part),
    )
}

/** Is there a folder to put the file in, and no folder of its name? */
async function fits(path: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true })
    return !(await stat(path)).isDirectory()
  } catch (cause) {
    // no such file is what we hope for; EEXIST and ENOTDIR mean that an object lies where the folder should be
    return codeOf(cause) === 'ENOENT'
  }
}

/** Some file systems know no difference between A and a, or between two spellings of é. */
function fold(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

async function writeDown(file: FileHandle, content: Buffer | string): Promise<void> {
  try {
    await file.writeFile(content)
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** Undefined when there is no such file. */
async function sizeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ size }) => size,
    () => undefined,
  )
}

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
}
