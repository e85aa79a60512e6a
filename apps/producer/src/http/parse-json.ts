import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'
import type { Api } from './api.ts'
import { Problem } from './problem.ts'

/** Parses a part of a body; `before` counts the characters before it. Throws a `Problem`. */
export type JsonReader = (text: string, before?: () => number) => unknown

/** Reads JSON bodies. A refusal tells at which character the body stops being JSON. */
export function parseJson(app: Api): void {
  const read = jsonReader(app)
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => {
      if (!isUtf8(body)) throw notUtf8()
      return read(body.toString())
    },
  )
}

/** The framework's own parser, which refuses names that would change a prototype. */
export function jsonReader(app: Api): JsonReader {
  const parse = app.getDefaultJsonParser('error', 'error')
  return (text, before = () => 0) => {
    const answer: { error: Error | null; value: unknown } = { error: null, value: undefined }
    // its type allows a promise and a request, but it calls back at once and looks at the text alone
    void parse({} as FastifyRequest, text, (error, value: unknown) => {
      Object.assign(answer, { error, value })
    })
    if (answer.error !== null)
      throw new Problem('malformed-request', explainJson(text, before()))
    return answer.value
  }
}

/** Read all the same, its texts would hold a mark in place of each letter that was lost, and be edited like that. */
export const notUtf8 = (): Problem =>
  new Problem('malformed-request', 'The body is not UTF-8, as JSON must be; GBK, for one, is not.')

/** Why the parser refused a text that has so many characters of the body before it. */
export function explainJson(text: string, before = 0): string {
  if (text === '') return 'The body is empty; it must be JSON.'
  try {
    JSON.parse(text)
    return 'The body holds a __proto__ or constructor, which no field here is called.'
  } catch (error) {
    const place = /at position (\d+)/.exec(String(error))?.[1]
    if (place !== undefined) return `The body is not JSON: it breaks at character ${before + Number(place)}.`
    return /end of JSON/.test(String(error))
      ? 'The body is not JSON: it ends too early.'
      : 'The body is not JSON.'
  }
}
