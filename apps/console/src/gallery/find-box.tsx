import { useId, useState } from 'react'
import { count, percent } from '../app/format.ts'
import { joinFilters, readLine } from '../rows/row-line.ts'
import type { Filter } from '../rows/filter.ts'
import type { FoundSoFar } from '../rows/use-found.ts'
import { Failed } from '../ui/states.tsx'

/** The line by which rows of the batch are found: Enter shows them. */
export function FindBox(props: { filter: Filter; codes: readonly string[]; set: (filter: Filter) => void }) {
  const { filter, codes, set } = props
  const wrong = useId()
  // what was typed counts until the filter says something else
  const [typed, setTyped] = useState({ text: filter.text, line: filter.text })
  const [fault, setFault] = useState<string>()
  const line = typed.text === filter.text ? typed.line : filter.text
  const find = () => {
    const read = readLine(line, codes)
    if (read.kind === 'fault') return setFault(read.detail)
    setFault(undefined)
    const next = joinFilters(filter, read.filter)
    // what became a chip of its own stands there no more
    setTyped({ text: next.text, line: next.text })
    set(next)
  }
  return (
    <form
      role="search"
      aria-label="Rows of this batch"
      className="find-box"
      onSubmit={(event) => {
        event.preventDefault()
        find()
      }}
    >
      <input
        type="search"
        aria-label="Find rows by key or prompt"
        aria-invalid={fault !== undefined || undefined}
        aria-describedby={fault === undefined ? undefined : wrong}
        placeholder='key:LAMP* prompt:"oak"'
        value={line}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => {
          setFault(undefined)
          setTyped({ text: filter.text, line: target.value })
        }}
      />
      {fault === undefined ? null : (
        <p id={wrong} className="bad" role="alert">
          {fault}
        </p>
      )}
    </form>
  )
}

/** How far the producer has looked, and what it could not read. */
export function FindProgress({ looking, rows }: { looking: FoundSoFar; rows: number }) {
  const { found, looks, error, retry } = looking
  if (error !== undefined)
    return (
      <>
        <p>
          Only the first {count(found.to)} of {count(rows)} rows were looked at.
        </p>
        <Failed error={error} retry={retry} />
      </>
    )
  return (
    <div className="find-progress">
      {looks ? (
        <div
          role="progressbar"
          aria-label="Rows looked at"
          aria-valuemin={0}
          aria-valuemax={rows}
          aria-valuenow={found.to}
          aria-valuetext={`${count(found.to)} of ${count(rows)} rows`}
        >
          Looking for rows: {percent(found.to, rows)} of {count(rows)} looked at
        </div>
      ) : null}
      {found.unreadable === 0 ? null : (
        <p className="warn">
          {count(found.unreadable)} of them could not be looked at: the bucket has lost what they ask for.
        </p>
      )}
    </div>
  )
}
