import { useId } from 'react'
import { cellSizes, changePreferences, type Preferences, usePreferences } from '../app/preferences.ts'
import { useSession } from '../app/session.tsx'
import { ApiKeys } from './api-keys.tsx'
import { KeySettings } from './key-settings.tsx'
import { Sessions } from './sessions.tsx'
import './settings.css'

/** What a person has set in this browser, who is signed in, and for an admin the API keys. */
export function SettingsPage() {
  const { producer, scopes } = useSession()
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Settings</h1>
      </div>
      <p className="muted">
        Kept in this browser. You are signed in as <b>{producer}</b>; your key may do: {scopes.join(', ')}.
      </p>
      <Look />
      <KeySettings />
      <Sessions />
      {scopes.includes('admin') ? (
        <ApiKeys />
      ) : (
        <section className="card stack" aria-label="API keys">
          <h2>API keys</h2>
          <p className="muted">Your key does not have the scope admin, which this needs.</p>
        </section>
      )}
    </div>
  )
}

const themes: readonly { value: Preferences['theme']; word: string }[] = [
  { value: 'system', word: 'as the system' },
  { value: 'light', word: 'light' },
  { value: 'dark', word: 'dark' },
]

function Look() {
  const { theme, cell, still, zone } = usePreferences()
  const id = useId()
  return (
    <section className="card settings-list" aria-label="Look">
      <h2>Look</h2>
      <label htmlFor={`${id}-theme`}>Theme</label>
      <select
        id={`${id}-theme`}
        value={theme}
        onChange={({ target }) => {
          const chosen = themes.find(({ value }) => value === target.value)
          if (chosen !== undefined) changePreferences({ theme: chosen.value })
        }}
      >
        {themes.map(({ value, word }) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-cell`}>Cells of the gallery</label>
      <select
        id={`${id}-cell`}
        value={cell}
        onChange={({ target }) => changePreferences({ cell: Number(target.value) })}
      >
        {cellSizes.map(({ edge, name }) => (
          <option key={edge} value={edge}>
            {name}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-zone`}>Time zone</label>
      <select
        id={`${id}-zone`}
        value={zone}
        onChange={({ target }) => changePreferences({ zone: target.value })}
      >
        <option value="">of this browser</option>
        {Intl.supportedValuesOf('timeZone').map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <label htmlFor={`${id}-still`}>Without movement</label>
      <input
        id={`${id}-still`}
        type="checkbox"
        checked={still}
        onChange={({ target }) => changePreferences({ still: target.checked })}
      />
    </section>
  )
}
