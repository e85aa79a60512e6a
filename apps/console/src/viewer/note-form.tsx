import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useKeys } from '../app/use-keys.ts'
import { mostOfNote, type Said } from '../rows/said.ts'

/** Why a row was decided so, for whoever reads it later. Enter stores it; a line break is Shift and Enter. */
export function NoteForm({
  said,
  store,
  close,
}: {
  said: Said
  store: (text: string) => void
  close: () => void
}) {
  const form = useRef<HTMLFormElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(said.note ?? '')
  useEffect(() => field.current?.focus(), [])
  useKeys({ leave: close }, form)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // the row may change then, and the keys with it
    close()
    store(text)
  }
  const press = (event: KeyboardEvent) => {
    // Enter that ends a word which is being composed is none
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    form.current?.requestSubmit()
  }
  return (
    <form ref={form} className="note-form" aria-label="Note" onSubmit={submit}>
      <label>
        Why
        <textarea
          ref={field}
          rows={2}
          maxLength={mostOfNote}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={press}
        />
      </label>
      <div className="row">
        <button type="submit" className="primary">
          {said.verdict === 'none' ? 'Reject with this note' : 'Store the note'}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  )
}
