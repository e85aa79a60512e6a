import type { Edit } from '@restyle/client/types'

/** An edit of a row, or a redo of it, as far as it is chosen by. Takes count from 1, the oldest first. */
type Take = Pick<Edit, 'id' | 'state'>

/**
 * The take that is shown: the one that is asked for, else the redo that is meant once it has pictures, else the row's own. `own`:
 * the row's newest edit.
 */
export function shownTake<Some extends Take>(
  takes: readonly Some[],
  facts: { asked: number | undefined; redo: string | undefined; own: Some },
): Some {
  const { asked, redo, own } = facts
  const named = asked === undefined ? undefined : takes[asked - 1]
  const meant = takes.find(({ id, state }) => id === redo && state === 'succeeded')
  return named ?? meant ?? takes.find(({ id }) => id === own.id) ?? own
}

/** The take that stands in place of the source; undefined: the source does. Nothing is compared with itself. */
export function againstTake<Some extends Take>(
  takes: readonly Some[],
  facts: { asked: number | undefined; shown: Take },
): Some | undefined {
  const take = facts.asked === undefined ? undefined : takes[facts.asked - 1]
  return take?.state === 'succeeded' && take.id !== facts.shown.id ? take : undefined
}

/** The image of a take that is asked for, else the first that was made. */
export function imageOf(
  take: Pick<Edit, 'images'> | undefined,
  asked: number,
): Edit['images'][number] | undefined {
  const made = take?.images.filter(({ failure }) => failure === undefined)
  return made?.find(({ index }) => index === asked) ?? made?.[0]
}

/** What comes after what is compared with now: the source, then each other take that has pictures. */
export function nextAgainst(
  takes: readonly Take[],
  facts: { now: number | undefined; shown: Take },
): number | undefined {
  const numbers = takes.flatMap(({ id, state }, at) =>
    state === 'succeeded' && id !== facts.shown.id ? [at + 1] : [],
  )
  return facts.now === undefined ? numbers[0] : numbers[numbers.indexOf(facts.now) + 1]
}
