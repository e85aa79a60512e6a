import type { Edit } from '@restyle/client/types'
import { todoLines } from './failure-meaning.ts'

const NAMED = 5
const GROUPS_SHOWN = 20
/** Reasons may contain numbers, so there may be many: no more than this are counted separately. */
const MOST_GROUPS = 1_000

/** The edits that failed with one code for one reason. */
type Group = { code: string; message: string; count: number; keys: string[] }

/** Counts failed edits by their failure code and its message, and keeps a few of their keys. */
export function failureGroups(): { add(edit: Edit): void; lines(): string[] } {
  const groups = new Map<string, Group>()
  let others = 0
  return {
    add({ key, failure }) {
      const { code, message } = failure ?? { code: 'Unknown', message: '' }
      const name = `${code}\n${message}`
      const group = groups.get(name) ?? { code, message, count: 0, keys: [] }
      if (groups.size === MOST_GROUPS && !groups.has(name)) {
        others += 1
        return
      }
      group.count += 1
      if (group.keys.length < NAMED) group.keys.push(key)
      groups.set(name, group)
    },
    lines: () => {
      const sorted = [...groups.values()].toSorted((a, b) => b.count - a.count)
      const hidden = sorted.slice(GROUPS_SHOWN).reduce((sum, { count }) => sum + count, others)
      const more = hidden > 0 ? [`… and ${hidden} more for other reasons`] : []
      return [...sorted.slice(0, GROUPS_SHOWN).flatMap(groupLines), ...more]
    },
  }
}

function groupLines({ code, message, count, keys }: Group): string[] {
  const more = count > keys.length ? `, … and ${count - keys.length} more` : ''
  return [
    `${count} failed with ${code}: ${message}`,
    `  ${keys.join(', ')}${more}`,
    ...todoLines(code, message),
  ]
}
