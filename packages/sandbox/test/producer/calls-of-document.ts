/* Calls of every route, as the OpenAPI document describes them: so that a new route is called without a word about it. */

/** What can be named of a producer, by the part of the address behind which it stands. */
export type Named = Readonly<
  Record<
    | 'edits'
    | 'batches'
    | 'operations'
    | 'catalogs'
    | 'schedules'
    | 'sources'
    | 'keys'
    | 'producers'
    | 'lanes'
    | 'webhooks'
    | 'event-groups'
    | 'sessions'
    | 'cursors',
    readonly string[]
  >
>
type Kind = keyof Named

type Schema = { $ref?: string; examples?: unknown[]; example?: unknown; anyOf?: Schema[]; oneOf?: Schema[] }
type Media = { schema?: Schema; example?: unknown; examples?: Record<string, { value?: unknown }> }
type Operation = {
  operationId?: string
  security?: Record<string, string[]>[]
  'x-scopes'?: string[]
  parameters?: { name: string; in: string }[]
  requestBody?: { content: Record<string, Media> }
}
type Example = { wait?: number } | undefined
type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

export type Call = {
  /** `get /v1/edits/{id}` */
  name: string
  /** What its address names of a producer. */
  kinds: readonly Kind[]
  /** Names in its address of which nobody has said what they are. */
  unknown: readonly string[]
  /** Only keys with the scope `admin` may call it. */
  isAdmin: boolean
  /** The call for one of the things that are named; `pick` chooses. */
  fill: (
    named: Named,
    pick: number,
  ) => { method: string; url: string; names: string[]; payload?: object | string; type?: string }
}

const methods = ['get', 'head', 'put', 'post', 'patch', 'delete'] as const

/** Parts of an address that name nothing that belongs to anybody. */
const plain: Readonly<Record<string, string>> = { first: '1', index: '0', side: '320' }

/** Every route of the document that needs a key. */
export const callsOf = (document: Document): Call[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = operations[method]
      const open = operation?.security?.some((way) => Object.keys(way).length === 0) === true
      return operation === undefined || open ? [] : [callOf(document, method, path, operation)]
    }),
  )

function callOf(document: Document, method: string, path: string, operation: Operation): Call {
  const parts = [...path.matchAll(/([^/]+)\/\{(\w+)\}|\{(\w+)\}/g)].map(([, before = '', name, alone]) => ({
    name: name ?? alone ?? '',
    kind: before as Kind,
  }))
  const known = parts.filter(({ name, kind }) => plain[name] === undefined && isKind(kind))
  const unknown = parts.filter(({ name, kind }) => plain[name] === undefined && !isKind(kind))
  const scopes = operation['x-scopes'] ?? []
  return {
    name: `${method} ${path}`,
    kinds: known.map(({ kind }) => kind),
    unknown: unknown.map(({ name }) => name),
    isAdmin: scopes.length > 0 && scopes.every((scope) => scope === 'admin'),
    fill: (named, pick) => {
      const names: string[] = []
      const choose = (kind: Kind): string => {
        const of = named[kind]
        const name = of[pick % Math.max(1, of.length)] ?? `none-of-${kind}`
        names.push(name)
        return encodeURIComponent(name)
      }
      const filled = path.replaceAll(
        /(?:([^/]+)\/)?\{(\w+)\}/g,
        (_, before: Kind | undefined, name: string) => {
          const value = plain[name] ?? (before !== undefined && isKind(before) ? choose(before) : 'unknown')
          return before === undefined ? value : `${before}/${value}`
        },
      )
      const query = pick % 2 === 0 ? '' : queryOf(operation, choose)
      return { method: method.toUpperCase(), url: `${filled}${query}`, names, ...bodyOf(document, operation) }
    },
  }
}

const kinds: readonly string[] = [
  'edits',
  'operations',
  'batches',
  'catalogs',
  'schedules',
  'sources',
  'keys',
  'producers',
  'lanes',
  'webhooks',
  'event-groups',
  'sessions',
] satisfies Kind[]
const isKind = (text: string): text is Kind => kinds.includes(text)

/** What a query may name of another. */
const asked: Readonly<Record<string, Kind>> = { producer: 'producers', batch: 'batches', cursor: 'cursors' }

function queryOf({ parameters = [] }: Operation, choose: (kind: Kind) => string): string {
  const query = parameters.flatMap(({ name, in: place }) => {
    const kind = place === 'query' ? asked[name] : undefined
    return kind === undefined ? [] : [`${name}=${choose(kind)}`]
  })
  return query.length === 0 ? '' : `?${query.join('&')}`
}

/** The example of the document, or an empty object. */
function bodyOf(
  document: Document,
  { requestBody }: Operation,
): { payload?: object | string; type?: string } {
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (type === undefined || media === undefined) return {}
  if (!type.includes('json') || type.includes('ndjson')) return { payload: '{}\n', type }
  const [named] = Object.values(media.examples ?? {})
  const example = media.example ?? named?.value ?? exampleOf(document, media.schema)
  // nobody waits for an answer here
  return {
    payload: { ...(example as object), ...((example as Example)?.wait === undefined ? {} : { wait: 0 }) },
    type,
  }
}

function exampleOf(document: Document, schema: Schema | undefined): unknown {
  if (schema === undefined) return undefined
  const name = schema.$ref?.split('/').at(-1)
  if (name !== undefined) return exampleOf(document, document.components.schemas[name])
  const [first] = schema.examples ?? []
  return first ?? schema.example ?? exampleOf(document, (schema.anyOf ?? schema.oneOf)?.[0])
}

/** Names of the same form that nobody has. */
export const strangersOf = (named: Named): Named =>
  Object.fromEntries(
    Object.entries(named).map(([kind, names]) => [kind, kind === 'cursors' ? names : names.map(stranger)]),
  ) as Named

/** Of an id the first letter is another; a name that a person chose is another word. */
function stranger(name: string): string {
  const id = /^([a-z]+_)?([0-9a-z]{16,}.*)$/.exec(name)
  if (id === null) return `nobodys-${name.length}`
  const [, prefix = '', rest = ''] = id
  return `${prefix}${rest.startsWith('0') ? '1' : '0'}${rest.slice(1)}`
}
