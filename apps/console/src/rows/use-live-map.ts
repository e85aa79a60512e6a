import { useQueryClient } from '@tanstack/react-query'
import { names } from '../app/api.ts'
import { useLive } from '../app/live.ts'
import { changeMap } from './use-batch-map.ts'
import { changesOf } from './planes.ts'

/** Writes what changes in a batch into its map, as the producer tells it. `rows` hears which rows are different. */
export function useLiveMap(
  batch: string,
  rows: { touch: (changed: readonly number[]) => void; touchAll: () => void },
): void {
  const queries = useQueryClient()
  const readAgain = () => {
    void queries.invalidateQueries({ queryKey: names.map(batch), exact: true })
    rows.touchAll()
  }
  useLive(
    batch,
    ({ event, data }) => {
      if (event === 'map-reset') return readAgain()
      if (event !== 'map') return
      const changes = changesOf(data)
      changeMap(queries, batch, changes)
      rows.touch(changes.map(({ row }) => row))
    },
    readAgain,
  )
}
