import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Change } from '@restyle/shared/ledger/move'
import type { Edit } from '@restyle/shared/contract/edit'
import type { OnPlace } from './asking.ts'

/** The ledger of a worker that asks how to go on before and after it says that an image left the disk for the bucket. */
export const askingAtSpills = (ledger: Ledger, onPlace: OnPlace): Ledger => ({
  ...ledger,
  move: async (edit, change) => {
    if (!bringsSpilled(edit, change)) return ledger.move(edit, change)
    await onPlace('spill-brought', edit.id)
    const moved = await ledger.move(edit, change)
    if (moved.kind === 'moved') await onPlace('spill-told', edit.id)
    return moved
  },
})

const bringsSpilled = ({ images = [] }: Edit, { set }: Change): boolean => {
  const stored = new Set(
    (set?.images ?? []).flatMap(({ index, stored: at }) => (at === undefined ? [] : [index])),
  )
  return images.some(
    (image) => image.spilledTo !== undefined && image.stored === undefined && stored.has(image.index),
  )
}
