import type { Edit } from '@restyle/client/types'
import { useQueryClient } from '@tanstack/react-query'
import type { RefObject } from 'react'
import { names } from '../app/api.ts'
import { changePreferences } from '../app/preferences.ts'
import type { GalleryView, Mode } from '../rows/address.ts'
import { placeOf, verdictAt, type VerdictName } from '../rows/filter.ts'
import { nextUndecided } from '../rows/next.ts'
import { imageSaid, keptNote, saidOf, withNote, type Said } from '../rows/said.ts'
import type { Shared } from '../rows/shared.ts'
import { useToasts } from '../ui/toasts.tsx'
import { againstTake, imageOf, nextAgainst, shownTake } from './takes.ts'
import { useTakes } from './use-takes.ts'

/** What the viewer is handed. */
export type ViewerProps = Shared & {
  view: GalleryView
  change: (change: Partial<GalleryView>, how?: 'push' | 'replace') => void
  close: () => void
}

/** The row that is looked at: its own newest edit, the take that is shown, and what that is compared with. */
export function useRow({ rows, map, view }: ViewerProps, row: number) {
  const own = rows.get(row)
  const { takes, waits, ask } = useTakes(own, map.redo[row - 1] ?? 0)
  const said = saidOf(verdictAt(map, row), own?.verdict)
  const shown =
    own === undefined || waits ? undefined : shownTake(takes, { asked: view.take, redo: said.redo, own })
  const against = shown === undefined ? undefined : againstTake(takes, { asked: view.against, shown })
  const image = view.image ?? imageSaid(said, { shown, own }) ?? 0
  return { row, own, takes, ask, said, shown, against, image }
}
type Seen = ReturnType<typeof useRow>

/** How a take is called; undefined where the row has one. */
export const takeName = (takes: readonly Edit[], { id }: Edit): string | undefined =>
  takes.length < 2 ? undefined : `take ${takes.findIndex((take) => take.id === id) + 1}`

/** To other rows, and how they are shown. `go`: to a place of the list. */
export function movesOf({ list, active, verdicts, change }: ViewerProps) {
  const go = (place: number | undefined) => {
    const to = place === undefined ? undefined : list.rows[place]
    if (to !== undefined) change({ row: to, image: undefined, take: undefined, redo: false })
  }
  return {
    toPlace: go,
    go: (by: number) => go(Math.min(Math.max(0, active + by), list.rows.length - 1)),
    goTo: (place: 'start' | 'end') => go(place === 'start' ? 0 : list.rows.length - 1),
    undo: () => {
      const back = verdicts.undo()
      // one that the list has not any more is not shown: the keys would act on another
      if (back !== undefined && placeOf(list.rows, back).found)
        change({ row: back, image: undefined, take: undefined, redo: false })
    },
    mode: (mode: Mode) => {
      change({ mode })
      // the next viewer opens so
      changePreferences({ mode })
    },
  }
}

/** Which image of which take is shown, and beside which. */
export function useTakeDeeds({ view, change }: ViewerProps, { takes, ask, shown }: Seen) {
  const { say } = useToasts()
  const take = (number: number) => change({ take: number, image: undefined })
  return {
    take,
    image: (image: number) => {
      if (shown?.images.some(({ index }) => index === image) === true) change({ image })
    },
    nextTake: () => {
      if (takes.length > 1)
        return take(((takes.findIndex(({ id }) => id === shown?.id) + 1) % takes.length) + 1)
      void ask().then((all) => {
        if (all.length < 2) say('This row has one take.')
      })
    },
    against: (against: number | undefined) => change({ against }),
    nextAgainst: () => {
      if (shown !== undefined) change({ against: nextAgainst(takes, { now: view.against, shown }) })
    },
  }
}

/** Gives a verdict on the take that is shown and goes on: to what was next before the list changed. */
export function useDecide(
  { list, map, active, verdicts, refusal }: ViewerProps,
  { row, own, shown, said, image: at }: Seen,
  toPlace: (place: number) => void,
) {
  const toasts = useToasts()
  const decide = (verdict: VerdictName, stay: boolean, why: Pick<Said, 'note'> = keptNote(verdict, said)) => {
    if (refusal !== undefined) return toasts.say(refusal)
    if (shown?.state !== 'succeeded') return toasts.say('There is no picture to decide on yet.')
    const next = nextUndecided(list.rows, map, active)
    const image = shown.images.length > 1 ? imageOf(shown, at)?.index : undefined
    verdicts.decide(row, {
      verdict,
      ...(verdict === 'none' || shown.id === own?.id ? {} : { redo: shown.id }),
      ...(verdict !== 'approved' || image === undefined ? {} : { image }),
      ...why,
    })
    if (!stay && verdict !== 'none' && next !== undefined) toPlace(next)
  }
  const note = (text: string) => {
    if (said.verdict !== 'none') return void verdicts.decide(row, withNote(said, text))
    const { note: why } = withNote(said, text)
    decide('rejected', false, why === undefined ? {} : { note: why })
  }
  return { decide: (verdict: VerdictName, stay: boolean) => decide(verdict, stay), note }
}

/** The panel of a redo: opens and closes it, and what follows when one was ordered. */
export function useRedoDeeds(
  { list, map, active, verdicts, refusal, change }: ViewerProps,
  { row, own }: Seen,
  here: {
    toPlace: (place: number) => void
    decide: (verdict: VerdictName, stay: boolean) => void
    root: RefObject<HTMLElement | null>
  },
) {
  const toasts = useToasts()
  const queries = useQueryClient()
  const close = () => {
    change({ redo: false })
    // the keys come back from the panel
    here.root.current?.focus({ preventScroll: true })
  }
  return {
    open: () => {
      if (refusal !== undefined) return toasts.say(refusal)
      if (own?.state === 'failed')
        return toasts.say('A row that failed is retried, not redone: see the failures.')
      if (own?.state !== 'succeeded') return toasts.say('There is no picture to redo yet.')
      change({ redo: true })
    },
    close,
    mark: () => {
      close()
      here.decide('redo', false)
    },
    ordered: (redo: string, isHere: boolean) => {
      // before the list changes
      const next = nextUndecided(list.rows, map, active)
      verdicts.ordered(row, redo)
      if (own !== undefined) void queries.invalidateQueries({ queryKey: names.takes(own.id) })
      toasts.say('It is being redone: the picture comes as another take of its row.')
      if (!isHere) return
      close()
      if (next !== undefined) here.toPlace(next)
    },
  }
}
