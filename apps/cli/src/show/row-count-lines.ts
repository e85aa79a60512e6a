import { countText } from './count-text.ts'
import type { RowCounts, Verdict } from '@restyle/manifest/compare-rows'

/** What people call rows that are done again, and those that are left out. */
const again: readonly (readonly [Verdict, string])[] = [
  ['new', 'new'],
  ['changed', 'changed'],
  ['failed', 'failed before'],
  ['canceled', 'canceled before'],
]
const leftOut: readonly (readonly [Verdict, string])[] = [
  ['unchanged', 'unchanged'],
  ['underWay', 'under way'],
  ['sent', 'enqueued before this run was cut off'],
  ['unknown', 'of which nobody remembers what became (--all does them again)'],
  ['notCompared', 'not compared, since their pictures were not looked at'],
]

/** How a catalog compares with what was enqueued before; nothing where nothing was. `all`: nothing is left out. */
export function rowCountLines(rows: RowCounts, total: number, all: boolean): string[] {
  if (rows.new === total && rows.gone === 0) return []
  const texts = (which: typeof again): string =>
    which.flatMap(([verdict, text]) => (rows[verdict] === 0 ? [] : [`${rows[verdict]} ${text}`])).join(', ')
  const [done, left] = [texts(again), texts(leftOut)]
  const parts = [
    ...(done === '' ? [] : [done]),
    ...(left === '' ? [] : [`${all ? 'done again, too' : 'left out'}: ${left}`]),
  ]
  const gone =
    rows.gone === 0
      ? []
      : [
          rows.gone === 1
            ? '1 row of before is not in the catalog any more: nothing happens to it'
            : `${rows.gone} rows of before are not in the catalog any more: nothing happens to them`,
        ]
  return [`${countText(total, 'row')}: ${parts.join('; ')}`, ...gone]
}
