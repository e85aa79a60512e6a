import { useId, useState } from 'react'
import { keyName, keysOf, type KeyRow, keyTable } from '../app/keys.ts'
import { changePreferences, usePreferences } from '../app/preferences.ts'
import { presetOf, presets, withPreset } from './presets.ts'
import { chosenKey, clashes, remap, reset } from './remap.ts'

const table: readonly KeyRow[] = keyTable

/** Single keys on or off, and another key for each action (WCAG 2.1.4). */
export function KeySettings() {
  const { keys } = usePreferences()
  const id = useId()
  const preset = presetOf(keys)
  const hasOwn = Object.keys(keys.remapped).length > 0
  return (
    <section className="card stack" aria-label="Keys">
      <h2>Keys</h2>
      <div className="row">
        <input
          id={id}
          type="checkbox"
          checked={keys.single}
          onChange={({ target }) => changePreferences({ keys: { ...keys, single: target.checked } })}
        />
        <label htmlFor={id}>Single keys work (without Ctrl)</label>
      </div>
      <div className="row">
        <label htmlFor={`${id}-preset`}>Keys as in</label>
        <select
          id={`${id}-preset`}
          value={preset ?? 'own'}
          onChange={({ target }) => {
            const chosen = presets.find(({ name }) => name === target.value)
            if (chosen !== undefined) changePreferences({ keys: withPreset(keys, chosen.name) })
          }}
        >
          {presets.map(({ name, word }) => (
            <option key={name} value={name}>
              {word}
            </option>
          ))}
          {preset === undefined ? <option value="own">Your own</option> : null}
        </select>
      </div>
      <ul className="key-list">
        {table.map((row) => (
          <KeyLine key={row.action} row={row} />
        ))}
      </ul>
      {hasOwn ? (
        <div>
          <button type="button" onClick={() => changePreferences({ keys: { ...keys, remapped: {} } })}>
            All as they were
          </button>
        </div>
      ) : null}
    </section>
  )
}

function KeyLine({ row }: { row: KeyRow }) {
  const { keys } = usePreferences()
  const [waits, setWaits] = useState(false)
  const [said, setSaid] = useState('')
  const own = keysOf(row, keys)
  const isChanged = keys.remapped[row.action] !== undefined
  const putBack = () => {
    const [key, taken] =
      row.keys.flatMap((each) => clashes(table, keys, row, each).map((by) => [each, by] as const))[0] ?? []
    if (key !== undefined && taken !== undefined) return setSaid(`${keyName(key)} is taken: ${taken.does}`)
    setSaid('')
    changePreferences({ keys: reset(keys, row) })
  }
  const choose = (key: string) => {
    const taken = clashes(table, keys, row, key)[0]
    setWaits(false)
    if (taken !== undefined) return setSaid(`${keyName(key)} is taken: ${taken.does}`)
    setSaid('')
    changePreferences({ keys: remap(keys, row, key) })
  }
  return (
    <li>
      <span>
        {row.does} <span className="muted">({row.where})</span>
      </span>
      <span className="row">
        {own.map((key) => (
          <kbd key={key}>{keyName(key)}</kbd>
        ))}
        <button
          type="button"
          aria-pressed={waits}
          onClick={() => setWaits(!waits)}
          onBlur={() => setWaits(false)}
          onKeyDown={(event) => {
            if (!waits) return
            const key = chosenKey(event)
            if (key === undefined) return
            event.preventDefault()
            choose(key)
          }}
        >
          {waits ? 'Press a key' : 'Change'}
          <span className="unseen"> the key for: {row.does}</span>
        </button>
        {isChanged ? (
          <button type="button" onClick={putBack}>
            Reset<span className="unseen"> the key for: {row.does}</span>
          </button>
        ) : null}
        <span role="status" className="warn">
          {said}
        </span>
      </span>
    </li>
  )
}
