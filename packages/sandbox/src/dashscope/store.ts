import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** Named blobs in one drawer (`tasks`, `pictures`, `uploads`), in memory or as files that survive a restart. */
export type Drawer = {
  put: (name: string, bytes: Uint8Array) => void
  get: (name: string) => Buffer | undefined
  drop: (name: string) => void
  names: () => string[]
}

const inMemory = (): Drawer => {
  const blobs = new Map<string, Buffer>()
  return {
    put: (name, bytes) => blobs.set(name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
    get: (name) => blobs.get(name),
    drop: (name) => blobs.delete(name),
    names: () => [...blobs.keys()],
  }
}

const onDisk = (dir: string): Drawer => {
  mkdirSync(dir, { recursive: true })
  // a folder for each part of a name: the whole of it may be longer than a file may be called, and none may lead out
  const fileOf = (name: string): string =>
    join(dir, ...name.split('/').map((part) => encodeURIComponent(part).replace(/^\./, '%2E')))
  return {
    put: (name, bytes) => {
      const file = fileOf(name)
      mkdirSync(dirname(file), { recursive: true })
      // a reader, or a crash, sees the old bytes or the new ones and never a half
      writeFileSync(`${file}.part`, bytes)
      renameSync(`${file}.part`, file)
    },
    get: (name) => {
      try {
        return readFileSync(fileOf(name))
      } catch {
        return undefined
      }
    },
    drop: (name) => rmSync(fileOf(name), { force: true }),
    names: () =>
      readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.part'))
        .map(({ parentPath, name }) =>
          relative(dir, join(parentPath, name)).split(sep).map(decodeURIComponent).join('/'),
        ),
  }
}

/** Opens a drawer under `dir`, or in memory when there is none. */
export const openDrawer = (dir: string | undefined, name: string): Drawer =>
  dir === undefined ? inMemory() : onDisk(join(dir, name))
