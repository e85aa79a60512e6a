import { type ReactNode, useEffect, useRef } from 'react'
import './modal.css'

/**
 * A native `<dialog>`: the browser keeps the focus inside and brings it back. `close` is told of Escape and of a press beside it
 * too. `children` are made only while it is open.
 */
export function Modal({
  open,
  title,
  close,
  children,
  wide = false,
}: {
  open: boolean
  title: string
  close: () => void
  children: ReactNode
  wide?: boolean
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const { current } = dialog
    if (!open || current === null) return
    const { activeElement } = document
    current.showModal()
    return () => {
      current.close()
      // what was focused may have moved into a row that is drawn anew
      if (activeElement instanceof HTMLElement && activeElement.isConnected) activeElement.focus()
    }
  }, [open])
  return (
    <dialog
      ref={dialog}
      className={wide ? 'modal modal-wide' : 'modal'}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      closedby="any"
    >
      {open ? (
        <div className="modal-inside">
          <div className="modal-head">
            <h2>{title}</h2>
            <button type="button" className="plain square" aria-label="Close" onClick={close}>
              ×
            </button>
          </div>
          {children}
        </div>
      ) : null}
    </dialog>
  )
}
