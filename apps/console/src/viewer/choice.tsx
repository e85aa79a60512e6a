import type { ReactNode } from 'react'

/** One of a few, side by side. */
export function Choice({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      {children}
    </fieldset>
  )
}

/** `off`: why it cannot be chosen. */
export function Radio(props: {
  name: string
  checked: boolean
  off?: string | undefined
  set: () => void
  children: ReactNode
}) {
  const { name, checked, off, set, children } = props
  return (
    <label title={off}>
      <input type="radio" name={name} checked={checked} disabled={off !== undefined} onChange={set} />
      {children}
    </label>
  )
}
