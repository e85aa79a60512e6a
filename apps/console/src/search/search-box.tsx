import { useRef, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { useKeys } from '../app/use-keys.ts'
import './search.css'

/** The line of the bar: `/` goes there, Enter searches. */
export function SearchBox() {
  const [path, go] = useLocation()
  const [params] = useSearchParams()
  const asked = path === '/search' ? (params.get('q') ?? '') : ''
  // what was typed counts until the address says something else
  const [typed, setTyped] = useState({ asked, line: asked })
  const line = typed.asked === asked ? typed.line : asked
  const field = useRef<HTMLInputElement>(null)
  useKeys({
    search: () => {
      field.current?.focus()
      field.current?.select()
    },
  })
  return (
    <search>
      <form
        className="search-box"
        onSubmit={(event) => {
          event.preventDefault()
          if (line.trim() !== '') go(`/search?q=${encodeURIComponent(line.trim())}`)
        }}
      >
        <input
          ref={field}
          type="search"
          aria-label="Search by key, name, id or qualifier"
          placeholder='Search: LAMP-*, state:failed, prompt:"oak"'
          value={line}
          maxLength={500}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setTyped({ asked, line: target.value })}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Escape') currentTarget.blur()
          }}
        />
      </form>
    </search>
  )
}
