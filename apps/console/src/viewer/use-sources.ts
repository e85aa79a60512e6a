import { useToasts } from '../ui/toasts.tsx'
import { nextSource, sourceShown } from './sources.ts'
import type { useRow, ViewerProps } from './use-deeds.ts'

/** Which of the sources of a row is before, and how another one is chosen: it then stands in place of a take, too. */
export function useSources({ view, change }: ViewerProps, { own, against }: ReturnType<typeof useRow>) {
  const { say } = useToasts()
  const all = own?.request.images.length ?? 0
  const at = sourceShown(view.source, all)
  const show = (source: number) => change({ source, against: undefined })
  return {
    at,
    deeds: {
      source: show,
      nextSource: () => {
        if (against !== undefined) return show(at)
        if (all < 2) return say('This row has one source.')
        show(nextSource(at, all))
      },
    },
  }
}
