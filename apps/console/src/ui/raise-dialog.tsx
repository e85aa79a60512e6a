import { type ReactNode, useId, useState } from 'react'
import { money } from '../app/format.ts'
import { type Limit, raiseOf } from './amount.ts'
import { Confirm } from './confirm.tsx'
import { Facts } from './facts.tsx'

type Props = {
  title: string
  limit: Limit
  /** Beside what it is now, what was spent and what is left. */
  facts: readonly (readonly [string, ReactNode])[]
  close: () => void
  raise: (micros: number) => void
}

/** Asks how much may be spent from now on. Made only while it is open. */
export function RaiseDialog({ title, limit, facts, close, raise }: Props) {
  const [text, setText] = useState('')
  const id = useId()
  const { currency, micros, usedMicros } = limit
  const raised = raiseOf(text, limit)
  const isReady = raised?.kind === 'to'
  return (
    <Confirm
      open
      title={title}
      verb={isReady ? `Raise to ${money(raised.micros, currency)}` : 'Raise'}
      isReady={isReady}
      close={close}
      act={() => {
        if (isReady) raise(raised.micros)
      }}
    >
      <Facts
        facts={[
          ['Now', money(micros, currency)],
          ...facts,
          ['Left', money(Math.max(0, micros - usedMicros), currency)],
        ]}
      />
      <label htmlFor={id} className="stack">
        New amount in {currency}
        <input
          id={id}
          value={text}
          inputMode="decimal"
          autoComplete="off"
          aria-describedby={`${id}-said`}
          aria-invalid={raised?.kind === 'not' || undefined}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <p id={`${id}-said`} role="status" className={raised?.kind === 'not' ? 'warn' : 'muted'}>
        {raised === undefined ? 'What goes on costs money.' : null}
        {raised?.kind === 'not' ? raised.why : null}
        {isReady ? `Then ${money(raised.leftMicros, currency)} is left.` : null}
      </p>
    </Confirm>
  )
}
