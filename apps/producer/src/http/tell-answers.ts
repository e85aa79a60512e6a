import { STATUS_CODES } from 'node:http'
import { answerHeaders, type HeaderName } from './answer-headers.ts'
import { exampleOf, type Schema } from './example-of.ts'
import { Problem, type ProblemCode, problems } from './problem.ts'
import type { ToldAnswer } from './told.ts'

/*
 * Writes into the OpenAPI document what answers every route can give, with which headers and under which names of problems.
 * A route tells only what is its own (told.ts); the rest follows from whether it needs a key, has parameters and reads a body.
 */

type Media = { schema?: Schema; example?: unknown; examples?: unknown }
type Header = { $ref: string }
type Response = { description?: string; content?: Record<string, Media>; headers?: Record<string, Header> }
type Answer = Response | { $ref: string }

/** An operation as the routes give it, and as it is told. */
type Operation = {
  operationId?: string
  description?: string
  parameters?: { name: string; schema?: Schema }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, Answer>
  security?: Record<string, readonly string[]>[]
  'x-problems'?: readonly ProblemCode[]
  'x-answers'?: Readonly<Record<string, ToldAnswer>>
  /** One of these its key needs. */
  'x-scopes'?: readonly string[]
}
type Document = {
  paths?: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema>; [more: string]: unknown }
}

/** Headers of every answer, and those of answers to a request with a key. */
const everywhere: readonly HeaderName[] = ['X-Request-Id']
const withKey: readonly HeaderName[] = ['RateLimit', 'RateLimit-Policy']

/** Gives the document with all answers, their headers, problems and examples. */
export function tellAnswers<Whole extends object>(document: Whole): Whole {
  const { paths = {}, components = {} }: Document = document
  const schemas = components.schemas ?? {}
  const responses = new Map<string, Response>()
  const told = Object.entries(paths).map(([path, operations]) => {
    const each = Object.entries(operations).map(([method, operation]) => [
      method,
      tellOperation(method, operation, { schemas, responses }),
    ])
    return [path, Object.fromEntries(each)]
  })
  const used = new Set(
    [...JSON.stringify([told, ...responses]).matchAll(/"#\/components\/headers\/([\w-]+)"/g)].map(
      ([, name]) => name,
    ),
  )
  return {
    ...document,
    paths: Object.fromEntries(told),
    components: {
      ...components,
      headers: Object.fromEntries(Object.entries(answerHeaders).filter(([name]) => used.has(name))),
      responses: Object.fromEntries([...responses].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}

type Telling = {
  schemas: Readonly<Record<string, Schema>>
  /** Refusals that several operations share, by their names. */
  responses: Map<string, Response>
}

function tellOperation(method: string, operation: Operation, telling: Telling): Operation {
  const { 'x-problems': own = [], 'x-answers': answers = {}, ...rest } = operation
  const needsKey = operation.security?.some((each) => each['key'] !== undefined) ?? true
  const common = [...everywhere, ...(needsKey ? withKey : [])]
  const told: Record<string, Answer> = {}
  for (const status of new Set([...Object.keys(operation.responses), ...Object.keys(answers)])) {
    if (status === 'default') continue
    const answer = operation.responses[status]
    const response = answer === undefined || '$ref' in answer ? {} : answer
    told[status] = tellAnswer(method, status, response, { ...answers[status], common }, telling)
  }
  for (const [status, codes] of byStatus([...problemsOf(operation, needsKey, method), ...own]))
    told[status] = { $ref: refusal(status, codes, telling) }
  const scopes = scopesOf(operation)
  return {
    ...rest,
    ...(scopes.length === 0 ? {} : { description: needing(rest.description, scopes), 'x-scopes': scopes }),
    ...(scopes.length === 0 ? {} : { security: [{ key: [] }] }),
    ...(operation.requestBody === undefined
      ? {}
      : {
          requestBody: { ...operation.requestBody, content: shown(operation.requestBody.content, telling) },
        }),
    responses: told,
  }
}

const scopesOf = ({ security = [] }: Operation): string[] => security.flatMap((each) => each['key'] ?? [])

/**
 * Scopes stand in the description and in a field of our own. OpenAPI 3.1 lets `security` name them; Spectral's recommended rules
 * do not, for a scheme that is not OAuth.
 */
const needing = (description: string | undefined, scopes: readonly string[]): string =>
  `${description ?? ''} Needs a key with the scope ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`.trim()

/** The problems that follow from what a route takes. */
function problemsOf(operation: Operation, needsKey: boolean, method: string): ProblemCode[] {
  // by a session nothing is changed for another page (sessions.ts)
  const mayBeForged = needsKey && method !== 'get' && method !== 'head'
  return [
    'malformed-request',
    'not-acceptable',
    'internal',
    'unavailable',
    ...(needsKey ? (['unauthorized', 'too-many-requests', 'unreadable'] as const) : []),
    ...(scopesOf(operation).length === 0 && !mayBeForged ? [] : (['forbidden'] as const)),
    ...((operation.parameters ?? []).length === 0 ? [] : (['invalid-parameter'] as const)),
    ...((operation.parameters ?? []).some(({ name }) => name === 'idempotency-key')
      ? (['still-running'] as const)
      : []),
    ...(operation.requestBody === undefined
      ? []
      : (['too-large', 'unsupported-media-type', 'invalid-request'] as const)),
  ]
}

function byStatus(codes: readonly ProblemCode[]): Map<number, ProblemCode[]> {
  const known = Object.keys(problems) as ProblemCode[]
  const groups = new Map<number, ProblemCode[]>()
  for (const code of known.filter((each) => codes.includes(each))) {
    const { status } = problems[code]
    groups.set(status, [...(groups.get(status) ?? []), code])
  }
  return groups
}

type Telled = ToldAnswer & { common: readonly HeaderName[] }

function tellAnswer(
  method: string,
  status: string,
  { description, content, headers }: Response,
  { description: own, headers: names = [], bytes, common }: Telled,
  telling: Telling,
): Response {
  const given = description === undefined || description === 'Default Response' ? undefined : description
  const whole =
    bytes === undefined
      ? content
      : Object.fromEntries(bytes.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]))
  return {
    description: own ?? given ?? STATUS_CODES[status] ?? status,
    headers: { ...headers, ...headersOf([...common, ...names]) },
    ...(whole === undefined || method === 'head' ? {} : { content: shown(whole, telling) }),
  }
}

/** The same content with an example for each type of JSON, and for streams. */
function shown(content: Readonly<Record<string, Media>>, { schemas }: Telling): Record<string, Media> {
  const each = Object.entries(content).map(([type, media]): [string, Media] => {
    const example =
      media.schema === undefined || !/json$|^text\/(event-stream|csv)$/.test(type)
        ? undefined
        : exampleOf(media.schema, schemas)
    return [type, example === undefined || 'examples' in media ? media : { ...media, example }]
  })
  return Object.fromEntries(each)
}

const headersOf = (names: readonly HeaderName[]): Record<string, Header> =>
  Object.fromEntries(
    [...new Set(names)].toSorted().map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  )

/** Codes and statuses that say when to send the same again. */
const passing: readonly (ProblemCode | number)[] = [429, 503, 'still-running', 'image-pending']

/** Notes the refusal among those that are shared, and gives its address. */
function refusal(status: number, codes: readonly ProblemCode[], { responses }: Telling): string {
  const names: HeaderName[] = [
    ...everywhere,
    ...withKey,
    ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ...([status, ...codes].some((each) => passing.includes(each)) ? (['Retry-After'] as const) : []),
    ...(status === 416 ? (['Content-Range'] as const) : []),
    ...(status >= 500 ? (['Idempotency-Key'] as const) : []),
  ]
  const name = codes.map(inCapitals).join('Or')
  responses.set(name, {
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join('\n\n'),
    headers: headersOf(names),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }],
          properties: { code: { enum: codes }, status: { const: status } },
        } as Schema,
        examples: Object.fromEntries(
          codes.map((code) => [code, { value: new Problem(code, `${problems[code].title}.`).view() }]),
        ),
      },
    },
  })
  return `#/components/responses/${name}`
}

/** `not-found` as `NotFound`. */
const inCapitals = (code: string): string =>
  code
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
