const MOST_NAMES = 40
const MOST_DEPTH = 8
const MOST_ENTRIES = 20

/**
 * The names of an answer's fields, without any value: `output.results[].link, usage.image_count`. For the log line about
 * an answer that this version cannot read: values may be signed addresses or a producer's words.
 */
export function fieldNames(json: unknown): string {
  const names = new Set<string>()
  collect(json, '', 0, names)
  const listed = [...names].toSorted()
  return listed.length > MOST_NAMES ? `${listed.slice(0, MOST_NAMES).join(', ')}, …` : listed.join(', ')
}

function collect(value: unknown, path: string, depth: number, names: Set<string>): void {
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH || names.size > MOST_NAMES) {
    if (path !== '') names.add(path)
    return
  }
  const entries = Array.isArray(value)
    ? value.slice(0, MOST_ENTRIES).map((entry: unknown) => [`${path}[]`, entry] as const)
    : Object.entries(value).map(
        ([key, entry]) => [`${path}${path === '' ? '' : '.'}${asName(key)}`, entry] as const,
      )
  if (entries.length === 0 && path !== '') names.add(path)
  for (const [name, entry] of entries) collect(entry, name, depth + 1, names)
}

/** A key may hold anything, an address too. */
const asName = (key: string): string => (/^[\w-]{1,40}$/.test(key) ? key : '?')
