import type { SmallSide } from '@restyle/client/images'
import { api } from '../app/api.ts'
import { isShowable } from '../app/showable.ts'
import { useSettled } from '../app/use-settled.ts'
import type { Shared } from '../rows/shared.ts'
import { useWarm } from '../viewer/use-warm.ts'

/** A row that is only passed is not warmed (ms). */
const stayedMs = 200

/**
 * Has the sources of the active row and of the next one read before they are asked for: a short press of the key shows them. Those of
 * rows without a result are not: nobody knows whether their servers answer.
 */
export function useSourcesAhead(
  { list, rows, active, covered }: Pick<Shared, 'list' | 'rows' | 'active'> & { covered: boolean },
  side: SmallSide,
): void {
  const stayed = useSettled(active, stayedMs)
  const places = covered || stayed !== active ? [] : [active, active + 1]
  const edits = places.flatMap((place) => rows.get(list.rows[place] ?? 0) ?? [])
  useWarm(
    edits
      .filter(({ state, request }) => state === 'succeeded' && isShowable(request.images[0] ?? ''))
      .map(({ id }) => api.images.sourcePath(id, 0, side)),
  )
}
