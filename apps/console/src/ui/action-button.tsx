import type { ReactNode } from 'react'
import { Tip } from './tip.tsx'

/**
 * A button that is there also while it cannot be used: `refusal` is the sentence why not, which is shown and heard. The producer
 * refuses the call too.
 */
export function ActionButton({
  act,
  refusal,
  kind,
  keys,
  children,
}: {
  act: () => void
  refusal?: string | undefined
  kind?: 'primary' | 'danger'
  keys?: string
  children: ReactNode
}) {
  const button = (describedBy?: string) => (
    <button
      type="button"
      className={kind}
      aria-disabled={refusal === undefined ? undefined : true}
      aria-describedby={describedBy}
      onClick={refusal === undefined ? act : undefined}
    >
      {children}
    </button>
  )
  if (refusal !== undefined) return <Tip text={refusal}>{button}</Tip>
  return keys === undefined ? (
    button()
  ) : (
    <Tip text="Key" keys={keys}>
      {button}
    </Tip>
  )
}
