import type { PictureChange } from '@restyle/shared/picture/picture-change'
import type { LocalPicture } from './check-row.ts'

/** How many local pictures were made ready, and by what. One picture may be counted under several changes. */
export type Preparations = { pictures: number; changes: ReadonlyMap<PictureChange, number> }

/** Counts what was done to local pictures. */
export function openPreparations() {
  const changes = new Map<PictureChange, number>()
  let pictures = 0
  return {
    add: ({ prepared }: LocalPicture): void => {
      if (prepared === undefined) return
      pictures += 1
      for (const change of prepared.changes) changes.set(change, (changes.get(change) ?? 0) + 1)
    },
    close: (): Preparations => ({ pictures, changes }),
  }
}
