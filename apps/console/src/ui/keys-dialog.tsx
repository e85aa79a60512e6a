import { useCallback, useState } from 'react'
import { keyName, keysOf, keyTable, type KeyRow, type Where } from '../app/keys.ts'
import { usePreferences } from '../app/preferences.ts'
import { Modal } from './modal.tsx'
import './keys-dialog.css'

export function useKeysDialog() {
  const [shown, setShown] = useState(false)
  return {
    shown,
    open: useCallback(() => setShown(true), []),
    close: useCallback(() => setShown(false), []),
  }
}

/** Every key of the console, made of the same table that they work by. */
export function KeysDialog({ shown, close }: { shown: boolean; close: () => void }) {
  const { keys: choices } = usePreferences()
  const table: readonly KeyRow[] = keyTable
  const groups = Map.groupBy(table, ({ where }): Where => where)
  return (
    <Modal open={shown} title="Keys" close={close} wide>
      {choices.single ? null : (
        <p className="muted">Keys without Ctrl are off. The settings switch them on again.</p>
      )}
      <div className="keys">
        {[...groups].map(([where, rows]) => (
          <section key={where} aria-label={where}>
            <h3>{where}</h3>
            <dl>
              {rows.map((row) => (
                <div key={row.action}>
                  <dt>
                    {keysOf(row, choices).map((key) => (
                      <kbd key={key}>{keyName(key)}</kbd>
                    ))}
                  </dt>
                  <dd>
                    {row.does}
                    {row.holds === true ? ' (hold)' : ''}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
