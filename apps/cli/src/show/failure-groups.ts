import type { Edit } from '@restyle/client/types'
import { todoLines } from './failure-meaning.ts'

const NAMED = 5

/** The edits that failed with one code. */
type Group = { count: number; keys: string[]; message: string }

/** Counts failed edits by their failure code, and keeps a few of their keys. */
export function failureGroups(): { add(edit: Edit): void; lines(): string[] } {
  const groups = new Map<string, Group>()
  return {
    add({ key, failure }) {
      const code = failure?.code ?? 'Unknown'
      const group = groups.get(code) ?? { count: 0, keys: [], message: failure?.message ?? '' }
      group.count += 1
      if (group.keys.length < NAMED) group.keys.push(key)
      groups.set(code, group)
    },
    lines: () =>
      [...groups]
        .toSorted(([, a], [, b]) => b.count - a.count)
        .flatMap(([code, group]) => groupLines(code, group)),
  }
}

function groupLines(code: string, { count, keys, message }: Group): string[] {
  const more = count > keys.length ? `, … and ${count - keys.length} more` : ''
  return [
    `${count} failed with ${code}: ${message}`,
    `  ${keys.join(', ')}${more}`,
    ...todoLines(code, message),
  ]
}
