import type { HeaderName } from './answer-headers.ts'
import type { ProblemCode } from './problem.ts'

/*
 * What a route tells the OpenAPI document besides its schemas. A test compares it with what the route answers.
 */

/** What is told of an answer. */
export type ToldAnswer = {
  /** Absent: the words of its status. */
  description?: string
  headers?: readonly HeaderName[]
  /** Bytes of these types; absent where the answer has a schema or no body. */
  bytes?: readonly string[]
}

declare module 'fastify' {
  interface FastifySchema {
    /** Its refusals, besides those that follow from its key, its parameters and its body. */
    'x-problems'?: readonly ProblemCode[]
    /** Its answers by their status, as far as more is to be told than their schemas. */
    'x-answers'?: Readonly<Record<number, ToldAnswer>>
  }
}
