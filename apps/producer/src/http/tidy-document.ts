/** An OpenAPI document, as far as it is tidied. */
type Document = { paths?: unknown; components?: { schemas?: Record<string, unknown> } }

const place = '#/components/schemas/'

/**
 * Each schema once and under its own name. The transform writes two of each, `Edit` for answers and `EditInput` for
 * requests: those that no operation refers to go, and a name keeps its ending only where both remain. A HEAD operation
 * gets back the id that its route gave it. What a field is where it is left out, its description says: of a `default` generators
 * make a field that has to be sent.
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
    if (key === 'operationId' && typeof value === 'string') return value.replace(/-head$/, '')
    return endOfTuple(withoutDefaults(value))
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

type Property = { default?: unknown; description?: string }
type ObjectSchema = { properties: Record<string, Property>; required?: readonly string[] }

const isObjectSchema = (value: unknown): value is ObjectSchema =>
  typeof value === 'object' &&
  value !== null &&
  'properties' in value &&
  typeof value.properties === 'object' &&
  value.properties !== null

function withoutDefaults(value: unknown): unknown {
  if (!isObjectSchema(value)) return value
  const properties = Object.entries(value.properties).map(([name, property]) => {
    const { default: left, description = '', ...rest } = property
    if (left === undefined || value.required?.includes(name) === true) return [name, property]
    const told = `${description}${description === '' || description.endsWith('.') ? '' : '.'} Default: \`${JSON.stringify(left)}\``
    return [name, { ...rest, description: told.trim() }]
  })
  return { ...value, properties: Object.fromEntries(properties) }
}

/** A list of fixed places says that it has no others by how many there may be: linters do not know `items: false`. */
function endOfTuple(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('prefixItems' in value)) return value
  const { prefixItems: places } = value
  if (!Array.isArray(places)) return value
  return { ...value, items: places.at(-1) as unknown, minItems: places.length, maxItems: places.length }
}
