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
  /** Whether the viewer has the whole window. */
  wide: boolean
  /** IANA name; empty: the browser's. */
  zone: string
  /** Whether movement is left out although the system allows it. */
  still: boolean
}

/** The edges of a cell (px) that can be chosen. */
export const cellSizes = [
  { edge: 96, name: 'tiny' },
  { edge: 160, name: 'small' },
  { edge: 240, name: 'medium' },
  { edge: 360, name: 'large' },
] as const

/** The size that can be chosen that is nearest to an edge. */
const nearestCell = (px: number): number =>
  cellSizes.reduce<number>(
    (best, { edge }) => (Math.abs(edge - px) < Math.abs(best - px) ? edge : best),
    cellSizes[0].edge,
  )

const place = 'restyle.console'
const unset: Preferences = {
  theme: 'system',
  keys: defaultChoices,
  cell: 160,
  mode: 'slider',
  wide: false,
  zone: '',
  still: false,
}
const listeners = new Set<() => void>()
let known: Preferences | undefined

/** What is kept, with what is missing or of another kind as by default. */
export function readPreferences(): Preferences {
  known ??= preferencesOf(globalThis.localStorage?.getItem(place) ?? null)
  return known
}

/** What was kept as a text, with what is missing or of another kind as by default. */
export function preferencesOf(text: string | null): Preferences {
  try {
    const kept = JSON.parse(text ?? '{}') as Partial<Record<keyof Preferences, unknown>>
    const same = Object.entries(unset).map(([name, value]) => {
      const mine = kept[name as keyof Preferences]
      return [name, typeof mine === typeof value && mine !== null ? mine : value]
    })
    const read = Object.fromEntries(same) as Preferences
    // of a size that is not offered no choice would be ticked
    return { ...read, cell: nearestCell(read.cell) }
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
