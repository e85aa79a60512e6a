import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
  const fileOf = (name: string): string => join(dir, encodeURIComponent(name))
  return {
    put: (name, bytes) => {
      // a reader, or a crash, sees the old bytes or the new ones and never a half
      writeFileSync(`${fileOf(name)}.part`, bytes)
      renameSync(`${fileOf(name)}.part`, fileOf(name))
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
      readdirSync(dir)
        .filter((file) => !file.endsWith('.part'))
        .map(decodeURIComponent),
  }
}

/** Opens a drawer under `dir`, or in memory when there is none. */
export const openDrawer = (dir: string | undefined, name: string): Drawer =>
  dir === undefined ? inMemory() : onDisk(join(dir, name))
