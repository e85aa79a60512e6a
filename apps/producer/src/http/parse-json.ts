import type { Api } from './api.ts'
import { Problem } from './problem.ts'

/** Reads JSON bodies. A refusal tells at which character the body stops being JSON. */
export function parseJson(app: Api): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // its type allows a promise, but this parser always calls back
    void parse(request, String(body), (error, value) =>
      error ? done(new Problem('malformed-request', explain(String(body)))) : done(null, value),
    )
  })
}

function explain(body: string): string {
  if (body === '') return 'The body is empty; it must be JSON.'
  try {
    JSON.parse(body)
    return 'The body holds a __proto__ or constructor, which no field here is called.'
  } catch (error) {
    const place = /at position (\d+)/.exec(String(error))?.[1]
    if (place !== undefined) return `The body is not JSON: it breaks at character ${place}.`
    return /end of JSON/.test(String(error))
      ? 'The body is not JSON: it ends too early.'
      : 'The body is not JSON.'
  }
}
