import { useSyncExternalStore } from 'react'
import { defaultChoices, type KeyChoices } from './keys.ts'

/** What a person has chosen in this browser; nothing of it is a decision about an edit. */
export type Preferences = {
  theme: 'system' | 'light' | 'dark'
  keys: KeyChoices
  /** Edge of a cell of the gallery, in px. */
  cell: number
  /** How the viewer compares. */
  mode: string
  /** IANA name; empty: the browser's. */
  zone: string
  /** Whether movement is left out although the system allows it. */
  still: boolean
}

const place = 'restyle.console'
const unset: Preferences = {
  theme: 'system',
  keys: defaultChoices,
  cell: 160,
  mode: 'slider',
  zone: '',
  still: false,
}
const listeners = new Set<() => void>()
let known: Preferences | undefined

/** What is kept, with what is missing or of another kind as by default. */
export function readPreferences(): Preferences {
  known ??= parse(globalThis.localStorage?.getItem(place) ?? null)
  return known
}

function parse(text: string | null): Preferences {
  try {
    const kept = JSON.parse(text ?? '{}') as Partial<Record<keyof Preferences, unknown>>
    const same = Object.entries(unset).map(([name, value]) => {
      const mine = kept[name as keyof Preferences]
      return [name, typeof mine === typeof value && mine !== null ? mine : value]
    })
    return Object.fromEntries(same) as Preferences
  } catch {
    return unset
  }
}

/** Keeps a change, also for the other tabs. A browser that keeps nothing has it until the page is left. */
export function changePreferences(change: Partial<Preferences>): void {
  known = { ...readPreferences(), ...change }
  try {
    localStorage.setItem(place, JSON.stringify(known))
  } catch {}
  for (const each of listeners) each()
}

/** The preferences, as they are now. */
export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, readPreferences)

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  const elsewhere = (event: StorageEvent) => {
    if (event.key !== place) return
    known = undefined
    changed()
  }
  window.addEventListener('storage', elsewhere)
  return () => {
    listeners.delete(changed)
    window.removeEventListener('storage', elsewhere)
  }
}
