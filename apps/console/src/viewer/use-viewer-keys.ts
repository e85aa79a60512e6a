import type { RefObject } from 'react'
import { type Handlers, useKeys } from '../app/use-keys.ts'
import type { Mode } from '../rows/address.ts'
import type { VerdictName } from '../rows/filter.ts'
import { verdictKeys } from '../rows/review-keys.ts'

/** What the keys of the viewer do; zoom keys belong to the stage. */
export type Deeds = {
  go: (by: number) => void
  goTo: (place: 'start' | 'end') => void
  decide: (verdict: VerdictName, stay: boolean) => void
  /** Why it was decided so; what is not decided is rejected with it. */
  note: (text: string) => void
  redo: () => void
  undo: () => void
  /** Counted from 0. */
  image: (image: number) => void
  nextTake: () => void
  take: (number: number) => void
  /** The take that stands in place of the source; undefined: the source. */
  against: (number: number | undefined) => void
  nextAgainst: () => void
  /** The source that is before, counted from 0. */
  source: (source: number) => void
  nextSource: () => void
  /** Has the viewer take the whole window, or not. */
  wide: () => void
  mode: (mode: Mode) => void
  peek: (before: boolean) => void
  leave: () => void
}

const page = 10

/** Keys of the viewer, while it has the focus. */
export function useViewerKeys(root: RefObject<HTMLElement | null>, deeds: Deeds): void {
  const images: Handlers = Object.fromEntries(
    [0, 1, 2, 3].map((image) => [`image-${image + 1}`, () => deeds.image(image)]),
  )
  useKeys(
    {
      ...verdictKeys(deeds),
      ...images,
      'move-left': () => deeds.go(-1),
      'move-up': () => deeds.go(-1),
      'move-right': () => deeds.go(1),
      'move-down': () => deeds.go(1),
      'page-up': () => deeds.go(-page),
      'page-down': () => deeds.go(page),
      'line-start': () => deeds.goTo('start'),
      'line-end': () => deeds.goTo('end'),
      'move-start': () => deeds.goTo('start'),
      'move-end': () => deeds.goTo('end'),
      'next-take': deeds.nextTake,
      'next-against': deeds.nextAgainst,
      'next-source': deeds.nextSource,
      wide: deeds.wide,
      'mode-slider': () => deeds.mode('slider'),
      'mode-side': () => deeds.mode('side'),
      'mode-before': () => deeds.mode('before'),
      'mode-after': () => deeds.mode('after'),
      'mode-blink': () => deeds.mode('blink'),
      peek: ({ down }) => deeds.peek(down),
      leave: deeds.leave,
    },
    root,
  )
}
