import type { Notes } from '@restyle/manifest/notes'

const GROUPS_SHOWN = 20

/** Notes that say the same of several rows or files, together: `note: a.heic, b.heic: is a HEIC file, …`. */
export function noteLines(notes: Notes): string[] {
  const groups = notes.groups()
  const lines = groups.slice(0, GROUPS_SHOWN).map(({ places, total, field, detail }) => {
    const more = total > places.length ? ` and ${total - places.length} more` : ''
    return `note: ${places.join(', ')}${more}${field === undefined ? '' : `, ${field}`}: ${detail}`
  })
  const left = groups.length - lines.length + notes.more
  return left > 0 ? [...lines, `note: … and ${left} more kinds`] : lines
}
