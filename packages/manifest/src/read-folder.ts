import { open, readdir, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { fileKind, startBytes, type FileKind } from '@restyle/shared/picture/file-kind'
import type { RowItem } from './manifest.ts'
import { Unfit } from './unfit.ts'

/** Called like a picture that models take: whatever it holds, somebody wants it edited. */
const calledPicture = /\.(jpe?g|jpe|jfif|jif|png|webp|bmp|dib)$/i

/**
 * Every picture directly in `folder`, sorted by name: by its content, or by a name that says so. Columns: `key` (the
 * name without its extension) and `file`. What is left out is told as notes. Throws `Unfit` where there is no picture.
 */
export async function* readFolder(folder: string): AsyncGenerator<RowItem> {
  let number = 0
  for (const name of (await readdir(folder)).toSorted()) {
    const why = await reasonToLeaveOut(join(folder, name), name)
    if (why !== undefined) {
      yield { kind: 'note', note: { where: name, detail: why } }
      continue
    }
    number += 1
    const cells = new Map([
      ['key', basename(name, extname(name))],
      ['file', name],
    ])
    yield { kind: 'row', row: { number, cells, images: [{ field: 'image', address: name }], own: {} } }
  }
  if (number === 0)
    throw new Unfit(basename(folder), 'holds no pictures that a model takes (JPEG, PNG, WebP, BMP)')
}

/** Why a file is no row; continues after its name. */
async function reasonToLeaveOut(path: string, name: string): Promise<string | undefined> {
  if (name.startsWith('.')) return 'is hidden'
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() === true) return await aboutFolder(path)
  // whoever reads the picture says what is wrong with it
  if (calledPicture.test(name)) return undefined
  if (found === undefined) return 'leads nowhere'
  if (!found.isFile()) return 'is not a regular file'
  return reasons(await kindOf(path))
}

async function aboutFolder(path: string): Promise<string> {
  const names = await readdir(path).catch(() => [])
  const pictures = names.filter((name) => calledPicture.test(name)).length
  const holds = pictures === 0 ? '' : ` with ${pictures} pictures`
  return `is a folder${holds}: folders within are not read; give it to a run of its own`
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

async function kindOf(path: string): Promise<FileKind | undefined> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0)
    return fileKind(buffer.subarray(0, bytesRead))
  } catch {
    return undefined
  } finally {
    await file.close()
  }
}
