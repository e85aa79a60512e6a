import { type Fault, faultsOf, short } from '@restyle/shared/contract/fault'
import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { Problem, type RequestFault } from './problem.ts'

/** Checks headers, query and path by their zod schema; the refusal lists every fault. */
export const validateByZod: FastifySchemaCompiler<unknown> = ({ schema, httpPart }) => {
  if (!(schema instanceof z.ZodType)) throw new TypeError('a schema of a route is not a zod schema')
  return (data) => {
    const parsed = schema.safeParse(data)
    if (parsed.success) return { value: parsed.data }
    const faults = faultsOf(parsed.error)
    if (httpPart === 'body')
      return {
        error: Problem.ofFaults(
          'invalid-request',
          faults.map((fault) => faultInBody(fault)),
        ),
      }
    const named = faults.map(({ path, detail }) => ({ parameter: path.map(escape).join('/'), detail }))
    return { error: Problem.ofFaults('invalid-parameter', named) }
  }
}

/** For bodies whose route checks them itself: the schema is for the document only. */
export const bodyUnchecked: FastifySchemaCompiler<unknown> = (part) =>
  part.httpPart === 'body' ? (data) => ({ value: data }) : validateByZod(part)

/** A fault as the refusal tells it; `at` is where the faulty value is in the body. */
export const faultInBody = ({ path, detail }: Fault, at: Fault['path'] = []): RequestFault => ({
  pointer: [...at, ...path].map((part) => `/${escape(part)}`).join(''),
  detail,
})

/** A part of a JSON pointer (RFC 6901). */
const escape = (part: PropertyKey): string => short(String(part)).replaceAll('~', '~0').replaceAll('/', '~1')
