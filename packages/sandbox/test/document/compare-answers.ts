import type { Api } from '@restyle/producer/http/api'
import { type Document, openSchemas, pointerPart, responseAt } from './document.ts'

/*
 * Compares what a producer answers with what its document says. Every answer that a test gets by `inject` goes through here.
 */

type Request = { method?: string; url: string }
type Asked = { method: string; path: string }
type Answer = { statusCode: number; headers: Readonly<Record<string, unknown>>; body: string }

/** Refusals that any address may give, before it is looked at which route is meant; the document says so once for all. */
const anywhere = [405, 408, 414, 431]

/** One that looks at answers; gives what differs from the document, or an empty text. */
function openComparison(document: Document): (asked: Asked, answer: Answer) => string {
  const schemas = openSchemas(document)
  const templates = Object.keys(document.paths)
    .map((path) => ({ path, form: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))
    // `/v1/edits/x/cancel` before `/v1/edits/{id}/{what}`
    .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)
  const known = Object.keys(document.components.headers)

  return ({ method, path }, { statusCode, headers, body }) => {
    const own = method.toLowerCase()
    const template = templates.find(
      ({ path: each, form }) => form.test(path) && operationOf(document, each, own) !== undefined,
    )
    if (template === undefined) return ''
    const verb = operationOf(document, template.path, own) ?? own
    const found = responseAt(document, template.path, verb, String(statusCode))
    if (found === undefined)
      return anywhere.includes(statusCode)
        ? ''
        : `the document has no answer ${statusCode}: ${body.slice(0, 500)}`
    const told = Object.keys(found.response.headers ?? {}).map((name) => name.toLowerCase())
    const untold = known.filter(
      (name) => headers[name.toLowerCase()] !== undefined && !told.includes(name.toLowerCase()),
    )
    if (untold.length > 0)
      return `the document has no header ${untold.join(', ')} in the answer ${statusCode}`
    const isPacked = headers['content-encoding'] !== undefined
    return method === 'HEAD' || isPacked ? '' : faultsOfBody(found, headers['content-type'], body)
  }

  function faultsOfBody(
    { response, place }: NonNullable<ReturnType<typeof responseAt>>,
    contentType: unknown,
    body: string,
  ): string {
    const type = typeof contentType === 'string' ? (contentType.split(';', 1)[0] ?? '') : ''
    if (response.content === undefined) return body === '' ? '' : 'the document has no body in this answer'
    if (response.content[type] === undefined) return `the document has no ${type} in this answer`
    if (!/^application\/([a-z]+\+)?json$/.test(type)) return ''
    return schemas.faults(`${place}/content/${pointerPart(type)}/schema`, JSON.parse(body))
  }
}

/** A HEAD is the GET of its address without a body, where the document has none of its own. */
function operationOf(document: Document, path: string, method: string): string | undefined {
  const methods = document.paths[path] ?? {}
  if (methods[method] !== undefined) return method
  return method === 'head' && methods['get'] !== undefined ? 'get' : undefined
}

let shared: Promise<ReturnType<typeof openComparison>> | undefined

/** The same server; every answer that it gives by `inject` is as its document says, or the call throws. */
export function comparedWithDocument(app: Api): Api {
  const document = async () => openComparison((await app.inject({ url: '/openapi.json' })).json() as Document)
  const ask = app.inject.bind(app) as (asked: Request) => Promise<Answer>
  const inject = async (asked: Request) => {
    const answer = await ask(asked)
    shared ??= document()
    const { method = 'GET', url } = asked
    const path = url.split('?', 1)[0] ?? '/'
    const differs = (await shared)({ method, path }, answer)
    if (differs !== '') throw new Error(`${method} ${path} does not answer as documented: ${differs}`)
    return answer
  }
  return new Proxy(app, {
    get: (target, name): unknown => {
      if (name === 'inject') return inject
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
