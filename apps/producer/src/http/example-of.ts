/** A JSON schema, as far as examples are made of it. */
export type Schema = {
  $ref?: string
  examples?: readonly unknown[]
  const?: unknown
  enum?: readonly unknown[]
  format?: string
  type?: string | readonly string[]
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  items?: Schema
}

/** The schema's name in `#/components/schemas/<name>`. */
const nameIn = (ref: string): string => ref.split('/').at(-1) ?? ''

/**
 * An example of what fits a schema: its own first one, or one that is put together of those of its parts. Undefined where a
 * part that must be there has none: then the route has to give one.
 */
export function exampleOf(schema: Schema, named: Readonly<Record<string, Schema>>): unknown {
  if (schema.examples?.[0] !== undefined) return schema.examples[0]
  if (schema.const !== undefined) return schema.const
  if (schema.enum?.[0] !== undefined) return schema.enum[0]
  if (schema.$ref !== undefined) {
    const target = named[nameIn(schema.$ref)]
    return target === undefined ? undefined : exampleOf(target, named)
  }
  const [either] = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(
    (each) => exampleOf(each, named) ?? [],
  )
  if (either !== undefined) return either
  if (schema.properties !== undefined) return exampleOfObject(schema, named)
  if (schema.type === 'array' && schema.items !== undefined) {
    const item = exampleOf(schema.items, named)
    return item === undefined ? undefined : [item]
  }
  return undefined
}

/** What may be absent is shown only where it has an example of its own. */
function exampleOfObject(
  { properties = {}, required = [] }: Schema,
  named: Readonly<Record<string, Schema>>,
): unknown {
  const example: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    if (!required.includes(name) && property.examples === undefined) continue
    const value = exampleOf(property, named)
    if (value === undefined) return undefined
    example[name] = value
  }
  return example
}
