import { useState } from 'react'
import type { Action } from '../app/keys.ts'
import { useKeys } from '../app/use-keys.ts'
import { placeAfter } from './place-after.ts'

/** The rows that keys choose from, in the order of the page. Each stands in an element with `data-key`. */
type List<Row> = {
  rows: readonly Row[]
  keyOf: (row: Row) => string
  /** How the row is called, for who hears it. */
  nameOf: (row: Row) => string
  open: (row: Row) => void
  /** What else keys do with the row that is chosen. */
  more?: Partial<Record<Action, (row: Row) => void>>
}

/**
 * Has `j` and `k` choose a row and `Enter` open it. Gives the key of the row that is chosen, and what says it: it has to stand on the
 * page.
 */
export function useListKeys<Row>({ rows, keyOf, nameOf, open, more = {} }: List<Row>) {
  const [chosen, setChosen] = useState<string>()
  const place = rows.findIndex((row) => keyOf(row) === chosen)
  const current = rows[place]
  const move = (by: number) => {
    const next = rows[placeAfter(place, by, rows.length)]
    if (next === undefined) return
    setChosen(keyOf(next))
    const shown = document.querySelector(`main [data-key="${CSS.escape(keyOf(next))}"]`)
    shown?.scrollIntoView({ block: 'nearest' })
  }
  const on = (act: (row: Row) => void) => () => {
    if (current !== undefined) act(current)
  }
  useKeys({
    'list-down': () => move(1),
    'list-up': () => move(-1),
    'list-open': on(open),
    ...Object.fromEntries(Object.entries(more).map(([action, act]) => [action, on(act)])),
  })
  return {
    active: current === undefined ? undefined : keyOf(current),
    said: (
      <p className="unseen" role="status">
        {current === undefined ? '' : `${nameOf(current)}, row ${place + 1} of ${rows.length}`}
      </p>
    ),
  }
}
