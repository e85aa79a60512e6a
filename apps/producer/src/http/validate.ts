import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { Problem, type RequestFault } from './problem.ts'

type Path = readonly PropertyKey[]

/** Checks headers, query and path by their zod schema; every fault is told at once. */
export const validateByZod: FastifySchemaCompiler<unknown> = ({ schema, httpPart }) => {
  if (!(schema instanceof z.ZodType)) throw new TypeError('a schema of a route is not a zod schema')
  return (data) => {
    const parsed = schema.safeParse(data)
    if (parsed.success) return { value: parsed.data }
    const faults = faultsOf(parsed.error)
    if (httpPart === 'body') return { error: Problem.ofFaults('invalid-request', faults) }
    const named = faults.map(({ pointer = '', detail }) => ({ parameter: pointer.slice(1), detail }))
    return { error: Problem.ofFaults('invalid-parameter', named) }
  }
}

/** For bodies whose route checks them itself: the schema is for the document. */
export const bodyUnchecked: FastifySchemaCompiler<unknown> = (part) =>
  part.httpPart === 'body' ? (data) => ({ value: data }) : validateByZod(part)

/** What zod found, in sentences; `at` is where the value stands in the body. */
export function faultsOf(error: z.ZodError, at: Path = []): RequestFault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path
    if (issue.code !== 'unrecognized_keys')
      return [{ pointer: pointerOf([...at, ...path]), detail: sentence(nameOf(path), issue) }]
    return issue.keys.map((key) => ({
      pointer: pointerOf([...at, ...path, key]),
      detail: `${nameOf([...path, key])} is not a known field`,
    }))
  })
}

/** RFC 6901. */
export const pointerOf = (path: Path): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const nameOf = (path: Path): string => (path.length === 0 ? 'the body' : path.map(String).join('/'))

function sentence(name: string, issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    if (issue.message.endsWith('received undefined')) return `${name} is needed`
    return `${name} must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected === 'int' ? 'integer' : issue.expected}`
  }
  if (issue.code === 'too_big') return `${name} must be at most ${issue.maximum}${unitOf(issue.origin)}`
  if (issue.code === 'too_small') return `${name} must be at least ${issue.minimum}${unitOf(issue.origin)}`
  // our own messages go on from the name, zod's begin anew
  return /^[a-z]/.test(issue.message) ? `${name} ${issue.message}` : `${name}: ${issue.message}`
}

const unitOf = (origin: string): string =>
  origin === 'string' ? ' characters long' : origin === 'array' ? ' long' : ''
