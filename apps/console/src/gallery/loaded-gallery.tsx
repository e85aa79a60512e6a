import { lazy, Suspense, useRef, useState } from 'react'
import { changePreferences, usePreferences } from '../app/preferences.ts'
import { useRefusal } from '../app/session.tsx'
import { EmptyByFilter, Failed, Loading } from '../ui/states.tsx'
import { everything, isEverything, type Filter } from '../rows/filter.ts'
import { Counts, FilterChips, FilterDialog, filterWords, SizeChoice } from './filter-bar.tsx'
import { FindBox, FindProgress } from './find-box.tsx'
import { Gallery } from './gallery.tsx'
import { usePeek } from '../rows/review-keys.ts'
import { OperationBar } from './selection-bar.tsx'
import type { BatchMap } from '@restyle/client/types'
import { useFound } from '../rows/use-found.ts'
import { useOperation } from '../rows/use-operation.ts'
import { ReviewEndNotice } from '../rows/review-end-notice.tsx'
import { useReviewEnd } from '../rows/use-review-end.ts'
import type { useRows } from '../rows/use-rows.ts'
import { useVerdicts } from '../rows/use-verdicts.ts'
import { modeOf } from '../rows/address.ts'
import { useKeysBack } from './use-keys-back.ts'
import { useShown } from './use-shown.ts'
import { useView } from './use-view.ts'

const Viewer = lazy(async () => ({ default: (await import('../viewer/viewer.tsx')).Viewer }))

/** What the grid and the viewer of a batch share: its list of rows, what was read of them, and verdicts. */
export function LoadedGallery(
  props: ReturnType<typeof useRows> & { id: string; name: string; map: BatchMap; codes: readonly string[] },
) {
  const { id, name, map, codes, rows, arrived } = props
  const { view, change, close } = useView()
  const { filter } = view
  const looking = useFound(id, filter.text, map.rows)
  const { list, active, isOpen } = useShown({ view, change, map, codes, looking })
  const { cell, mode } = usePreferences()
  const refusal = useRefusal('edits:write')
  const peek = usePeek()
  const [choosing, setChoosing] = useState(false)
  const { orders, running } = useOperation(id, rows.touchAll)
  const verdicts = useVerdicts(id, rows, orders)
  const set = (next: Filter) => change({ filter: next, open: false, named: undefined }, 'push')
  const under = useRef<HTMLDivElement>(null)
  const keysBack = useKeysBack(under)
  const setHere = (next: Filter) => {
    set(next)
    keysBack()
  }
  const end = useReviewEnd(id, list, map)
  const shared = { id, list, map, codes, rows, arrived, verdicts, refusal, active, end }
  return (
    <div className="gallery">
      <div ref={under} className="gallery-under" inert={isOpen} data-covered={isOpen || undefined}>
        <div className="gallery-bar">
          <FilterChips filter={filter} set={setHere} choose={() => setChoosing(true)} />
          <FindBox filter={filter} codes={codes} set={set} />
          <button type="button" aria-pressed={peek.kept} onClick={peek.toggle}>
            Show before
          </button>
          <SizeChoice edge={cell} set={(edge) => changePreferences({ cell: edge })} />
          <Counts
            shown={list.rows.length}
            approved={list.verdicts.approved}
            fresh={list.fresh}
            showNew={() => {
              list.showNew()
              keysBack()
            }}
            newTakes={list.verdicts.newTakes}
            showTakes={() => setHere({ ...everything, verdicts: ['redo'], redos: ['there'] })}
          />
        </div>
        {isOpen ? null : <ReviewEndNotice end={end} closed={keysBack} />}
        {filter.text === '' ? null : <FindProgress looking={looking} rows={map.rows} />}
        {running === undefined ? null : <OperationBar course={running} />}
        {rows.failure() === undefined ? null : <Failed error={rows.failure()} retry={rows.retry} />}
        <FilterDialog
          open={choosing}
          close={() => setChoosing(false)}
          show={() => {
            setChoosing(false)
            keysBack()
          }}
          filter={filter}
          set={set}
          codes={codes}
          found={list.rows.length}
        />
        {list.rows.length === 0 && looking.looks ? null : list.rows.length === 0 && !isEverything(filter) ? (
          <EmptyByFilter filter={filterWords(filter)} drop={() => setHere(everything)} />
        ) : (
          <Gallery
            {...shared}
            name={name}
            edge={cell}
            peek={peek}
            covered={isOpen}
            filter={filter}
            move={(row) => change({ row })}
            open={(row, { redo } = { redo: false }) =>
              change({ row, open: true, redo, mode: modeOf(mode), image: undefined, take: undefined }, 'push')
            }
            decideMany={(wanted) => orders.wish(wanted, verdicts)}
          />
        )}
      </div>
      {isOpen ? (
        <Suspense fallback={<Loading what="the viewer" lines={12} />}>
          <Viewer {...shared} view={view} change={change} close={close} />
        </Suspense>
      ) : null}
    </div>
  )
}
