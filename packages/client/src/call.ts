import { ApiError } from './api-error.ts'
import type { Connection } from './connection.ts'
import type { Call, CallOptions } from './exchange.ts'
import type { paths } from './openapi.ts'
import { objectOf } from './read-refusal.ts'
import type { Bytes } from './types.ts'

type Path = keyof paths
type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
/** The methods that the document has for a path. */
type MethodOf<P extends Path> = {
  [M in Method]: paths[P][M] extends undefined ? never : M
}[Method]

type Json<Content> = Content extends { content: { 'application/json': infer Body } } ? Body : never

/** The body of an operation's success. */
export type AnswerOf<O> = O extends { responses: { 200: infer Success } } ? Json<Success> : never

type ParametersOf<O> = (O extends { parameters: { path: infer Names } } ? { params: Names } : object) &
  (O extends { parameters: { query?: infer Query } } ? { query?: Loose<Query> } : object)
/** Absent and undefined are one here. */
type Loose<Query> = { [Name in keyof Query]: Query[Name] | undefined }

type BodyOf<O> = O extends { requestBody: { content: infer Content } }
  ? Content extends { 'application/json': infer Body }
    ? { json: Body }
    : { bytes: Bytes }
  : object

/** What a call of that operation takes; `has` names a field by which its answer is recognized. */
export type Sent<O> = CallOptions &
  ParametersOf<O> &
  BodyOf<O> & { has: keyof AnswerOf<O>; headers?: Record<string, string> } & Pick<
    Call,
    'timeoutMs' | 'onAnswer'
  >

type Untyped = CallOptions & {
  params?: Record<string, string>
  query?: Record<string, string | number | undefined>
  json?: unknown
  bytes?: Blob | Uint8Array<ArrayBuffer>
  has: string
  headers?: Record<string, string>
  timeoutMs?: number
}

/** One call of the document, typed by it. Throws `ApiError`. */
export async function call<P extends Path, M extends MethodOf<P>>(
  connection: Connection,
  method: M,
  path: P,
  sent: Sent<paths[P][M]>,
): Promise<AnswerOf<paths[P][M]>> {
  const { params, query, json, bytes, has, headers, ...options } = sent as Untyped
  const verb = method.toUpperCase() as 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  const whole = `${fill(path, params)}${queryText(query)}`
  const type =
    json === undefined ? (bytes === undefined ? undefined : 'application/octet-stream') : 'application/json'
  const body = json === undefined ? bytes : JSON.stringify(json)
  const text = await connection.send({
    ...options,
    method: verb,
    path: whole,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const answer = objectOf(text)
  if (answer === undefined || !(has in answer)) {
    const asked = `${verb} ${fill(path, params)}`
    const said = `${connection.url} answered ${asked} with something unexpected`
    throw new ApiError('unexpected-answer', said, { call: asked })
  }
  return answer as AnswerOf<paths[P][M]>
}

/** `/v1/edits/{id}` with its names filled in. */
export const fill = (path: string, params: Record<string, string> = {}): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))

/** `?limit=10`, or nothing. */
export function queryText(query: Untyped['query'] = {}): string {
  const present = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) present.append(name, String(value))
  const text = present.toString()
  return text === '' ? '' : `?${text}`
}
