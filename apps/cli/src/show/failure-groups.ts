import { explain } from '@restyle/dashscope/catalogue'
import type { EditView } from '@restyle/shared/contract/edit'

const NAMED = 5

/** What failed for one reason. */
type Group = { count: number; keys: string[]; message: string }

/** Gathers failed edits by their error code without keeping them. */
export function failureGroups(): { add(edit: EditView): void; lines(): string[] } {
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

/** What a person can do about an error code; nothing where nobody knows. */
export function todoOf(code: string, message: string): string | undefined {
  const { match, todo } = explain(code, message)
  return match === 'unknown' ? undefined : todo
}

function groupLines(code: string, { count, keys, message }: Group): string[] {
  const more = count > keys.length ? `, … and ${count - keys.length} more` : ''
  const todo = todoOf(code, message)
  return [
    `${count} failed with ${code}: ${message}`,
    `  ${keys.join(', ')}${more}`,
    ...(todo === undefined ? [] : [`  what to do: ${todo}`]),
  ]
}
