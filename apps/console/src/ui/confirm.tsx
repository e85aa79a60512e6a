import { type ReactNode, useId, useState } from 'react'
import { Modal } from './modal.tsx'

/**
 * Asks before something that costs or cannot be taken back. `typed`: what has to be typed first, for what is worst. `isReady`: false
 * while something else is missing. `act` may throw; the dialog then stays.
 */
export function Confirm({
  open,
  title,
  verb,
  typed,
  isReady = true,
  close,
  act,
  children,
}: {
  open: boolean
  title: string
  verb: string
  typed?: string | undefined
  isReady?: boolean
  close: () => void
  act: () => void
  children: ReactNode
}) {
  return (
    <Modal open={open} title={title} close={close}>
      <Form verb={verb} typed={typed} isReady={isReady} close={close} act={act}>
        {children}
      </Form>
    </Modal>
  )
}

function Form({
  verb,
  typed,
  isReady,
  close,
  act,
  children,
}: {
  verb: string
  typed: string | undefined
  isReady: boolean
  close: () => void
  act: () => void
  children: ReactNode
}) {
  const [text, setText] = useState('')
  const id = useId()
  const ready = isReady && (typed === undefined || text.trim() === typed)
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) act()
      }}
    >
      {children}
      {typed === undefined ? null : (
        <label htmlFor={id} className="stack">
          <span>
            Type <code>{typed}</code> to confirm
          </span>
          <input
            id={id}
            value={text}
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
      )}
      <div className="row">
        <button type="submit" className="primary" aria-disabled={ready ? undefined : true}>
          {verb}
        </button>
        <button type="button" onClick={close}>
          Leave it
        </button>
      </div>
    </form>
  )
}
