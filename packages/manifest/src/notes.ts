import type { ManifestFault } from './manifest.ts'

/** What several rows or files have in common: the first of them, and how many they are. */
export type NoteGroup = { field?: string; detail: string; places: readonly string[]; total: number }

/** Notes of a catalog, those that say the same together: a million of them take no more room than a few. */
export type Notes = {
  add(note: ManifestFault): void
  /** In the order in which they came first. */
  groups(): NoteGroup[]
  /** How many say something that no group says. */
  readonly more: number
}

const mostGroups = 100
const mostPlaces = 50

export function openNotes(): Notes {
  const groups = new Map<string, NoteGroup & { places: string[] }>()
  let more = 0
  return {
    add: ({ where, field, detail }) => {
      const says = `${field ?? ''}\n${detail}`
      const group = groups.get(says)
      if (group !== undefined) {
        group.total += 1
        if (group.places.length < mostPlaces) group.places.push(where)
      } else if (groups.size < mostGroups)
        groups.set(says, { ...(field === undefined ? {} : { field }), detail, places: [where], total: 1 })
      else more += 1
    },
    groups: () => [...groups.values()],
    get more() {
      return more
    },
  }
}
