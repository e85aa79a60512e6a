import type { ReactNode } from 'react'
import './table.css'

/** `numeric`: stands to the right. `rank`: what a narrow screen leaves out first (1), later (2), never (absent). */
export type Column<Row> = {
  name: string
  cell: (row: Row, index: number) => ReactNode
  numeric?: boolean
  rank?: 1 | 2
}

/** A table for few rows, which are all in the page. `caption` names it for who hears it. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  active,
}: {
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  /** Key of the row that keys act on. */
  active?: string | undefined
}) {
  return (
    <div className="table-box">
      <table className="table">
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, numeric, rank }) => (
              <th key={name} scope="col" className={classOf(numeric, rank)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr
              key={keyOf(row)}
              data-key={keyOf(row)}
              aria-current={active !== undefined && active === keyOf(row) ? 'true' : undefined}
            >
              {columns.map(({ name, cell, numeric, rank }, place) => {
                const Cell = place === 0 ? 'th' : 'td'
                return (
                  <Cell
                    key={name}
                    scope={place === 0 ? 'row' : undefined}
                    className={classOf(numeric, rank)}
                    data-name={name}
                  >
                    {cell(row, index)}
                  </Cell>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const classOf = (numeric: boolean | undefined, rank: number | undefined): string | undefined =>
  [numeric === true ? 'number-cell' : '', rank === undefined ? '' : `rank-${rank}`].join(' ').trim() ||
  undefined
