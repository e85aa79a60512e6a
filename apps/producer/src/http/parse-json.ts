import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'
import type { Api } from './api.ts'
import { Problem } from './problem.ts'

/** Parses a body, or the part of it at `where`. Throws a `Problem`. */
export type JsonReader = (text: string, where?: string) => unknown

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
  return (text, where = 'The body') => {
    const answer: { error: Error | null; value: unknown } = { error: null, value: undefined }
    // its type allows a promise and a request, but it calls back at once and looks at the text alone
    void parse({} as FastifyRequest, text, (error, value: unknown) => {
      Object.assign(answer, { error, value })
    })
    if (answer.error !== null) throw new Problem('malformed-request', explain(text, where))
    return answer.value
  }
}

/** If it were read anyway, each lost letter would become a replacement character, and the edit would use that text. */
export const notUtf8 = (): Problem =>
  new Problem('malformed-request', 'The body is not JSON: it is not UTF-8.')

function explain(text: string, where: string): string {
  if (text === '') return 'The body is empty; it must be JSON.'
  try {
    JSON.parse(text)
    return `${where} holds a __proto__ or constructor, which no field here is called.`
  } catch (error) {
    const place = /at position (\d+)/.exec(String(error))?.[1]
    if (place !== undefined) return `${where} is not JSON: it breaks at character ${place}.`
    return /end of JSON/.test(String(error))
      ? `${where} is not JSON: it ends too early.`
      : `${where} is not JSON.`
  }
}
