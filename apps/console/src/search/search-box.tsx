import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { api, names } from '../app/api.ts'
import { firstOf } from '../app/first-of.ts'
import { mostListed } from '../app/use-batch.ts'
import { useKeys } from '../app/use-keys.ts'
import { openTerm, type Suggestion, suggest } from './suggest.ts'
import './search.css'

/** The line of the bar: `/` goes there, what may be written next is offered while it is written, and Enter searches. */
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
  const list = useOffered(line, (next) => setTyped({ asked, line: next }))
  const id = useId()
  const optionId = (place: number) => `${id}-${place}`
  return (
    <search>
      <form
        className="search-box"
        onSubmit={(event) => {
          event.preventDefault()
          list.close()
          if (line.trim() !== '') go(`/search?q=${encodeURIComponent(line.trim())}`)
        }}
      >
        <input
          ref={field}
          type="text"
          role="combobox"
          inputMode="search"
          enterKeyHint="search"
          aria-label="Search by key, name, id or qualifier"
          aria-autocomplete="list"
          aria-expanded={list.offered.length > 0}
          aria-controls={id}
          aria-activedescendant={list.active === undefined ? undefined : optionId(list.active)}
          placeholder='Search: LAMP-*, state:failed, prompt:"oak"'
          value={line}
          maxLength={500}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => {
            setTyped({ asked, line: target.value })
            list.open()
          }}
          onKeyDown={list.onKeyDown}
          onBlur={list.close}
        />
        <div id={id} role="listbox" aria-label="What may be written next" className="offered">
          {list.offered.map((each, place) => (
            <Offer
              key={each.label}
              id={optionId(place)}
              offer={each}
              isActive={place === list.active}
              take={() => list.take(each)}
            />
          ))}
        </div>
      </form>
    </search>
  )
}

function Offer(props: { id: string; offer: Suggestion; isActive: boolean; take: () => void }) {
  const { id, offer, isActive, take } = props
  return (
    // keys reach it through the field, which keeps the focus
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      onPointerDown={(event) => {
        event.preventDefault()
        take()
      }}
    >
      <bdi>{offer.label}</bdi> {offer.means === undefined ? null : <span>{offer.means}</span>}
    </div>
  )
}

/** What is offered for a line: open while something is written, until it is taken, left or closed. */
function useOffered(line: string, write: (line: string) => void) {
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState<number>()
  const known = useKnown(isOpen ? openTerm(line)?.name : undefined)
  const offered = isOpen ? suggest(line, known) : []
  const show = (open: boolean) => {
    setOpen(open)
    setActive(undefined)
  }
  const take = (chosen: Suggestion) => {
    write(chosen.line)
    // a qualifier goes on with its values; what is whole is not offered more
    show(chosen.line.endsWith(':'))
  }
  const step = (by: number) => {
    if (offered.length === 0) return setOpen(true)
    const from = active ?? (by > 0 ? -1 : offered.length)
    setActive((from + by + offered.length) % offered.length)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = active === undefined ? undefined : offered[active]
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      step(event.key === 'ArrowDown' ? 1 : -1)
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault()
      take(chosen)
    } else if (event.key === 'Escape') {
      if (offered.length > 0) show(false)
      else event.currentTarget.blur()
    }
  }
  return {
    offered,
    active: active !== undefined && active < offered.length ? active : undefined,
    open: () => show(true),
    close: () => show(false),
    take,
    onKeyDown,
  }
}

const none: readonly string[] = []

/** The values of a qualifier that only the producer knows, read when it is written. */
function useKnown(name: string | undefined) {
  const failures = useQuery({
    queryKey: names.failures(),
    queryFn: ({ signal }) => api.find.failures({ signal }),
    enabled: name === 'code',
    staleTime: 60_000,
  })
  const batches = useQuery({
    queryKey: names.batches({ state: undefined }),
    queryFn: ({ signal }) => firstOf(api.batches.list({}, { signal }), mostListed),
    enabled: name === 'batch',
    staleTime: 60_000,
  })
  return {
    codes: failures.data?.failures.map(({ code }) => code) ?? none,
    batches: batches.data?.map((batch) => batch.name ?? batch.id) ?? none,
  }
}
