import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A folder on this machine for images whose address expires before the bucket is back. An image is there completely or not
 * at all. The first copy on this machine that reaches the bucket moves it there.
 */
export type Spill = {
  keep(editId: string, index: number, bytes: Buffer): Promise<void>
  find(editId: string, index: number): Promise<Buffer | undefined>
  drop(editId: string, index: number): Promise<void>
}

export function openSpill(dir: string): Spill {
  const file = (editId: string, index: number) => join(dir, `${editId}.${index}`)
  return {
    keep: async (editId, index, bytes) => {
      await mkdir(dir, { recursive: true })
      const part = `${file(editId, index)}.part`
      const handle = await open(part, 'w')
      try {
        await handle.writeFile(bytes)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(part, file(editId, index))
    },
    find: (editId, index) =>
      readFile(file(editId, index)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      }),
    drop: (editId, index) => rm(file(editId, index), { force: true }),
  }
}
