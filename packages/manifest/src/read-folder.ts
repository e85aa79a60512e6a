import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileKind, startBytes, type FileKind } from '@restyle/shared/picture/file-kind'
import type { RowItem } from './manifest.ts'
import { calledPicture, rowOfPicture } from './picture-names.ts'
import { Unfit } from './unfit.ts'

/** Folders within folders; a link may make a circle, but links to folders are not followed. */
const deepest = 32

/** What a folder holds: a row for a picture, a note for what was left out. `name` is the way from the catalog's folder. */
type Found = { name: string; leftOut?: string }

/**
 * Every picture in `folder` and in the folders within, in the order of their names: by its content, or by a name that says so.
 * Columns: `key` (the way to it without the extension, with `__` for each slash), `file` and `folder`. What is left out is told
 * as notes. Throws `Unfit` where there is no picture.
 */
export async function* readFolder(folder: string): AsyncGenerator<RowItem> {
  let number = 0
  for await (const { name, leftOut } of walk(folder, '', 0)) {
    if (leftOut !== undefined) {
      yield { kind: 'note', note: { where: name, detail: leftOut } }
      continue
    }
    number += 1
    yield { kind: 'row', row: rowOfPicture(number, name, name) }
  }
  if (number === 0)
    throw new Unfit(basename(folder), 'holds no pictures that a model takes (JPEG, PNG, WebP, BMP)')
}

async function* walk(root: string, within: string, depth: number): AsyncGenerator<Found> {
  const path = join(root, within)
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) =>
    String(error.code),
  )
  if (typeof entries === 'string') {
    if (within === '') throw new Unfit(basename(root), `cannot be read (${entries})`)
    yield { name: within, leftOut: `is a folder that cannot be read (${entries})` }
    return
  }
  for (const entry of entries.toSorted(byName)) {
    const name = within === '' ? entry.name : `${within}/${entry.name}`
    const isOpen = entry.isDirectory() && !entry.name.startsWith('.')
    if (isOpen && depth === deepest)
      yield { name, leftOut: `is a folder below ${deepest} others, and is not read` }
    else if (isOpen) yield* walk(root, name, depth + 1)
    else {
      const leftOut = await reasonToLeaveOut(join(root, name), entry)
      yield leftOut === undefined ? { name } : { name, leftOut }
    }
  }
}

type Entry = { name: string; isFile(): boolean; isSymbolicLink(): boolean }

/** The order of their bytes: the same on every machine. */
const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** Why a file is no row; continues after its name. */
async function reasonToLeaveOut(path: string, entry: Entry): Promise<string | undefined> {
  if (entry.name.startsWith('.')) return 'is hidden'
  // whoever reads the picture says what is wrong with it, and where a link leads
  if (calledPicture.test(entry.name)) return undefined
  if (!entry.isFile() && !entry.isSymbolicLink()) return 'is not a regular file'
  const kind = await kindOf(path)
  if (kind === 'folder') return 'is a link to a folder, and is not followed'
  return reasons(kind)
}

function reasons(found: FileKind | undefined): string | undefined {
  switch (found?.kind) {
    case undefined:
      return 'cannot be read'
    case 'picture':
      return undefined
    case 'foreign':
      return `is a ${found.name} file, which no model takes`
    case 'empty':
      return 'is empty'
    case 'text':
      return 'is a text file'
    case 'unknown':
      return 'is not a picture'
  }
}

async function kindOf(path: string): Promise<FileKind | 'folder' | undefined> {
  // a pipe would be waited for
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    if ((await file.stat()).isDirectory()) return 'folder'
    const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0)
    return fileKind(buffer.subarray(0, bytesRead))
  } catch {
    return undefined
  } finally {
    await file.close()
  }
}
