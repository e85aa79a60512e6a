import { type RefObject, useLayoutEffect, useRef } from 'react'
import { type Action, type KeyRow, keyOf, meaningOf, wantsKey } from './keys.ts'
import { readPreferences } from './preferences.ts'

/** `down`: false when a held key is let go. */
type KeyHandler = (pressed: { down: boolean; event: KeyboardEvent }) => void
export type Handlers = Partial<Record<Action, KeyHandler>>
type Entry = { handlers: Handlers; within: RefObject<HTMLElement | null> | undefined }

/** The newest first: what was opened last hears first. */
const entries: Entry[] = []
/** How long the second of two keys may take, in ms. */
const secondKeyMs = 1_500
let before: { key: string; at: number } | undefined
/** `place`: the key that began it, whatever it means with others. */
let held: { place: string; handler: KeyHandler } | undefined

/**
 * Has keys do something while the component is mounted. `within`: only while the focus is inside of that element; while a
 * `<dialog>` is open, only handlers whose element is inside of it are heard.
 */
export function useKeys(handlers: Handlers, within?: RefObject<HTMLElement | null>): void {
  const entry = useRef<Entry>({ handlers, within })
  useLayoutEffect(() => {
    Object.assign(entry.current, { handlers, within })
  })
  useLayoutEffect(() => {
    const mine = entry.current
    entries.unshift(mine)
    return () => {
      entries.splice(entries.indexOf(mine), 1)
    }
  }, [])
}

/** Begins to listen, once for the whole page. Gives what ends it. */
export function listenToKeys(target: Window): () => void {
  const ends = new AbortController()
  const { signal } = ends
  target.addEventListener('keydown', onDown, { capture: true, signal })
  target.addEventListener('keyup', onUp, { capture: true, signal })
  target.addEventListener('blur', () => letGo(new KeyboardEvent('keyup')), { signal })
  return () => ends.abort()
}

function onDown(event: KeyboardEvent): void {
  const pressed = keyOf(event)
  if (pressed === undefined || event.defaultPrevented || event.isComposing) return
  if (wantsKey(focusOf(event.target), pressed)) return
  if (held?.place === placeOf(event)) return event.preventDefault()
  const first = before !== undefined && event.timeStamp - before.at < secondKeyMs ? before.key : undefined
  before = undefined
  const { rows, waits } = meaningOf(pressed, first, readPreferences().keys)
  for (const row of rows) {
    const handler = handlerOf(row)
    if (handler === undefined) continue
    event.preventDefault()
    // a held key must not approve twenty
    if (event.repeat && row.repeats !== true) return
    if (row.holds === true) held = { place: placeOf(event), handler }
    return handler({ down: true, event })
  }
  if (waits) before = { key: pressed, at: event.timeStamp }
}

/** Where a key is on the keyboard; one of the screen has no place. */
const placeOf = ({ code, key }: KeyboardEvent): string => (code === '' ? key : code)

function onUp(event: KeyboardEvent): void {
  // with ⌘ held macOS says of no other key that it was let go
  if (event.key === 'Meta' || placeOf(event) === held?.place) letGo(event)
}

function letGo(event: KeyboardEvent): void {
  if (held === undefined) return
  const { handler } = held
  held = undefined
  handler({ down: false, event })
}

function handlerOf({ action }: KeyRow): KeyHandler | undefined {
  const open = [...document.querySelectorAll('dialog[open]')].at(-1)
  const entry = entries.find(({ handlers, within }) => {
    if (handlers[action as Action] === undefined) return false
    if (within === undefined) return open === undefined
    const around = within.current
    return around?.contains(document.activeElement) === true && (open === undefined || open.contains(around))
  })
  return entry?.handlers[action as Action]
}

function focusOf(target: EventTarget | null) {
  const element = target instanceof HTMLElement ? target : document.body
  return {
    tag: element.tagName.toLowerCase(),
    type: element.getAttribute('type') ?? (element.tagName === 'INPUT' ? 'text' : ''),
    role: element.getAttribute('role') ?? '',
    editable: element.isContentEditable,
    inMenu: element.closest('[role=menu],[role=listbox]') !== null,
  }
}
