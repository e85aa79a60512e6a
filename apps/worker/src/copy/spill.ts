import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Edit } from '@restyle/shared/contract/edit'
import { RestyleError } from '@restyle/shared/errors'

/**
 * A folder on this machine for images whose address expires before the bucket is back. An image is there completely or not
 * at all. The first copy on this machine that reaches the bucket puts it there, and drops it here when the ledger says so.
 */
export type Spill = {
  keep(editId: string, index: number, bytes: Buffer): Promise<void>
  find(editId: string, index: number): Promise<Buffer | undefined>
  drop(editId: string, index: number): Promise<void>
  /** Every image that is there. */
  list(): Promise<{ editId: string; index: number }[]>
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
    find: (editId, index) => readFile(file(editId, index)).catch(noneIfAbsent),
    drop: (editId, index) => rm(file(editId, index), { force: true }),
    list: async () => {
      const names = (await readdir(dir).catch(noneIfAbsent)) ?? []
      return names.flatMap((name) => {
        const [, editId = '', index = ''] = /^(.+)\.(\d+)$/.exec(name) ?? []
        return editId === '' ? [] : [{ editId, index: Number(index) }]
      })
    },
  }
}

function noneIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

function noneIfUnreadable(error: unknown): undefined {
  if (!(error instanceof RestyleError) || error.code !== 'Unreadable') throw error
}

/**
 * Drops files of images that are known as stored: a process may have died between the move and the drop. What belongs
 * to an edit that cannot be read stays, and keeps no other from being looked at. Returns how many.
 */
export async function tidySpill(
  spill: Spill,
  readEdit: (id: string) => Promise<Edit | undefined>,
): Promise<number> {
  let dropped = 0
  for (const { editId, index } of await spill.list()) {
    const edit = await readEdit(editId).catch(noneIfUnreadable)
    if (edit?.images?.find((image) => image.index === index)?.stored === undefined) continue
    await spill.drop(editId, index)
    dropped += 1
  }
  return dropped
}
