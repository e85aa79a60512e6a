import { useQueryClient } from '@tanstack/react-query'
import { names } from '../app/api.ts'
import { useLive } from '../app/live.ts'
import { changeMap } from './use-batch-map.ts'
import { changesOf } from './planes.ts'

/** Writes what changes in a batch into its map, as the producer tells it. `touched` hears which rows are different. */
export function useLiveMap(batch: string, touched: (rows: readonly number[]) => void): void {
  const queries = useQueryClient()
  const readAgain = () => void queries.invalidateQueries({ queryKey: names.map(batch), exact: true })
  useLive(
    batch,
    ({ event, data }) => {
      if (event === 'map-reset') return readAgain()
      if (event !== 'map') return
      const changes = changesOf(data)
      changeMap(queries, batch, changes)
      touched(changes.map(({ row }) => row))
    },
    readAgain,
  )
}
