import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

/** An OpenAPI document, as far as tests look at it. */
export type Document = {
  openapi: string
  info: { license?: object; contact?: object }
  servers: object[]
  security: Record<string, string[]>[]
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, { examples?: unknown[] }>
    responses: Record<string, Response>
    headers: Record<string, { schema: object; example: unknown }>
    securitySchemes: object
  }
}
type Operation = {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  'x-scopes'?: readonly string[]
  parameters?: { name: string; in: string; schema: { examples?: unknown[] } }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, Response | { $ref: string }>
}
type Media = { schema?: object; example?: unknown; examples?: Record<string, { value: unknown }> }
type Response = {
  description: string
  headers?: Record<string, object>
  content?: Record<string, Media>
}

/** The document as it is committed; another test compares it with what a producer serves. */
export const documentPath = fileURLToPath(new URL('../../../client/openapi.json', import.meta.url))
export const committed = (): Document => JSON.parse(readFileSync(documentPath, 'utf8')) as Document

/** Every operation with where it is: `get`, `/v1/edits/{id}`. */
export const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      method,
      path,
      operation,
    })),
  )

/** A response, itself or among those that are shared, and where it is in the document. */
export function responseAt(document: Document, path: string, method: string, status: string) {
  const response = document.paths[path]?.[method]?.responses[status]
  if (response === undefined) return undefined
  if (!('$ref' in response)) {
    const place = ['paths', path, method, 'responses', status]
    return { response, place: place.map(pointerPart).join('/') }
  }
  const shared = document.components.responses[response.$ref.split('/').at(-1) ?? '']
  return shared === undefined ? undefined : { response: shared, place: response.$ref.replace(/^#\//, '') }
}

/** A part of a JSON pointer in the fragment of an address. */
export const pointerPart = (part: string): string =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))

/** Checks values against schemas of the document, named by where they are: `components/schemas/Edit`. */
export function openSchemas(document: Document) {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, logger: false })
  formats.default(ajv)
  ajv.addSchema(document, 'openapi.json')
  const compiled = new Map<string, ValidateFunction>()
  return {
    /** What does not fit, in words; empty where all of it does. */
    faults: (place: string, value: unknown): string => {
      const check = compiled.get(place) ?? ajv.getSchema(`openapi.json#/${place}`)
      if (check === undefined) return `there is no schema at ${place}`
      compiled.set(place, check as ValidateFunction)
      return check(value) === true ? '' : ajv.errorsText(check.errors)
    },
  }
}
