import type { Fault } from './fault-lines.ts'

const PLACES_SHOWN = 50
const GROUPS_SHOWN = 20

/** Notes that say the same of several rows or files, together: `note: a.heic, b.heic: is a HEIC file, …`. */
export function noteLines(notes: readonly Fault[]): string[] {
  const groups = Map.groupBy(notes, ({ field, detail }) => `${field ?? ''}\n${detail}`)
  const lines = [...groups.values()].map((group) => {
    const places = group.map(({ where }) => where)
    const more = places.length > PLACES_SHOWN ? ` and ${places.length - PLACES_SHOWN} more` : ''
    const { field, detail } = group[0] ?? { detail: '' }
    return `note: ${places.slice(0, PLACES_SHOWN).join(', ')}${more}${field === undefined ? '' : `, ${field}`}: ${detail}`
  })
  return lines.length > GROUPS_SHOWN
    ? [...lines.slice(0, GROUPS_SHOWN), `note: … and ${lines.length - GROUPS_SHOWN} more kinds`]
    : lines
}
