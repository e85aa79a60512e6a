import type { Key, MadeKey } from '@restyle/client/types'
import { useId, useState } from 'react'
import { api, names } from '../app/api.ts'
import { useAct } from '../ui/use-act.ts'
import { CopyButton } from '../ui/copy-button.tsx'

type Scope = Key['scopes'][number]
const scopes: readonly Scope[] = ['edits:read', 'edits:write', 'events', 'webhooks', 'admin']

/** Makes a key; it is shown this once. */
export function NewKey() {
  const [producer, setProducer] = useState('')
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly Scope[]>(scopes.filter((scope) => scope !== 'admin'))
  const [made, setMade] = useState<MadeKey>()
  const { act, busy } = useAct(names.apiKeys)
  const id = useId()
  const ready = producer.trim() !== '' && chosen.length > 0 && !busy
  const make = () =>
    act({
      call: async () =>
        setMade(
          await api.keys.create({
            producer: producer.trim(),
            scopes: [...chosen],
            ...(name.trim() === '' ? {} : { name: name.trim() }),
          }),
        ),
      said: `A key of ${producer.trim()} is made.`,
    })
  return (
    <details className="card">
      <summary>Make a key</summary>
      <form
        className="stack settings-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) make()
        }}
      >
        <div className="settings-list">
          <label htmlFor={`${id}-producer`}>Producer</label>
          <input
            id={`${id}-producer`}
            value={producer}
            onChange={({ target }) => setProducer(target.value)}
          />
          <label htmlFor={`${id}-name`}>Name, if any</label>
          <input id={`${id}-name`} value={name} onChange={({ target }) => setName(target.value)} />
        </div>
        <Scopes chosen={chosen} choose={setChosen} />
        <div>
          <button type="submit" className="primary" aria-disabled={ready ? undefined : true}>
            Make the key
          </button>
        </div>
      </form>
      {made === undefined ? null : <Made apiKey={made.key} />}
    </details>
  )
}

const Scopes = ({
  chosen,
  choose,
}: {
  chosen: readonly Scope[]
  choose: (scopes: readonly Scope[]) => void
}) => (
  <fieldset>
    <legend>May do</legend>
    {scopes.map((scope) => (
      <label key={scope} className="row">
        <input
          type="checkbox"
          checked={chosen.includes(scope)}
          onChange={({ target }) =>
            choose(scopes.filter((each) => (each === scope ? target.checked : chosen.includes(each))))
          }
        />
        {scope}
      </label>
    ))}
  </fieldset>
)

const Made = ({ apiKey }: { apiKey: string }) => (
  <div className="state" role="status">
    <p>This is the one time that the key is shown:</p>
    <p className="row">
      <code>{apiKey}</code>
      <CopyButton text={apiKey} label="Copy the key" />
    </p>
  </div>
)
