import { useState } from 'react'
import { copyText } from './copy-text.ts'

/** Copies a text, also over plain http; says what became of it. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState('')
  return (
    <button
      type="button"
      className="plain copy"
      aria-label={label}
      onClick={() => void copyText(text).then((done) => setSaid(done ? 'Copied' : 'Not allowed'))}
      onBlur={() => setSaid('')}
    >
      <span role="status">{said === '' ? 'Copy' : said}</span>
    </button>
  )
}
