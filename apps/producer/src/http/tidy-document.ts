/** An OpenAPI document, as far as it is tidied. */
type Document = { paths?: unknown; components?: { schemas?: Record<string, unknown> } }

const place = '#/components/schemas/'

/**
 * Each schema once and under its own name. The transform writes two of each, `Edit` for answers and `EditInput` for
 * requests: those that no operation refers to go, and a name keeps its ending only where both remain. A HEAD operation
 * gets back the id that its route gave it.
 */
export function tidyDocument<Whole extends object>(document: Whole): Whole {
  const { paths, components }: Document = document
  const schemas = components?.schemas ?? {}
  const used = reachable(paths, schemas)
  const nameOf = (name: string) => {
    const own = name.replace(/Input$/, '')
    return used.has(own) ? name : own
  }
  const kept = Object.fromEntries([...used].map((name) => [nameOf(name), schemas[name]]))
  const whole = { ...document, components: { ...components, schemas: kept } }
  return JSON.parse(JSON.stringify(whole), (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string' && value.startsWith(place))
      return `${place}${nameOf(value.slice(place.length))}`
    return key === 'operationId' && typeof value === 'string' ? value.replace(/-head$/, '') : value
  }) as Whole
}

/** The names of the schemas that `from` leads to, in the order in which they are met. */
function reachable(from: unknown, schemas: Readonly<Record<string, unknown>>): Set<string> {
  const found = new Set(namesIn(from))
  // a set that grows while it is walked is walked to its new end
  for (const name of found) for (const next of namesIn(schemas[name])) found.add(next)
  return found
}

const namesIn = (value: unknown): string[] =>
  [...JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].flatMap(
    ([, name]) => name ?? [],
  )
