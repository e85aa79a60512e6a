import { limits } from '@restyle/shared/contract/limits'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { allowedMethods } from './allowed-methods.ts'
import type { Api } from './api.ts'
import { Problem } from './problem.ts'

/**
 * Answers what no route has to see, before a key is looked up and a body is read: an address or a method without a route, an
 * address that is too long, a body that is packed, and OPTIONS.
 */
export function refuseEarly(app: Api): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { raw, method } = request
    const { url = '/' } = raw
    if (url.length > limits.url)
      return done(new Problem('uri-too-long', `The address has over ${limits.url} characters.`))
    if (method === 'OPTIONS') return answerOptions(app, request, reply, done)
    // otherwise an empty id would be looked up
    if (hasSlashAtEnd(url) && !/[/*]$/.test(request.routeOptions.url ?? ''))
      return done(noRoute(app, method, pathOf(url), reply))
    if (request.is404) return done(noRoute(app, method, pathOf(url), reply))
    const encoding = request.headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity') {
      void reply.header('accept-encoding', 'identity')
      return done(
        new Problem(
          'unsupported-media-type',
          'Content-Encoding is not read here. Send the body as it is, without Content-Encoding.',
        ),
      )
    }
    done()
  })
}

const slash = '/'.charCodeAt(0)

/** Tells the methods of an address. To a preflight any address is fine: the page then reads the refusal itself. */
function answerOptions(
  app: Api,
  { raw: { url = '/' }, headers }: FastifyRequest,
  reply: FastifyReply,
  done: (refused?: Error) => void,
): void {
  const allowed = allowedMethods(app, pathOf(url))
  if (allowed.length > 0) void reply.header('allow', allowed.join(', '))
  else if (headers['access-control-request-method'] === undefined)
    return done(noRoute(app, 'OPTIONS', pathOf(url), reply))
  void reply.code(204).send()
}

/** Not found, or another method than the address has. */
function noRoute(app: Api, method: string, path: string, reply: FastifyReply): Problem {
  const shorter = withoutSlashes(path)
  if (shorter !== path) {
    const hint =
      allowedMethods(app, shorter).length > 0 ? ` There is ${shorter}, without a slash at its end.` : ''
    return new Problem('not-found', `There is no route ${method} ${path}.${hint}`)
  }
  const allowed = allowedMethods(app, path).join(', ')
  if (allowed === '') return new Problem('not-found', `There is no route ${method} ${path}.`)
  void reply.header('allow', allowed)
  return new Problem('method-not-allowed', `${path} takes ${allowed}, and not ${method}.`)
}

/** By hand: a pattern would look at a path of slashes from each of them on. */
function withoutSlashes(path: string): string {
  let end = path.length
  while (end > 1 && path.charCodeAt(end - 1) === slash) end -= 1
  return path.slice(0, end)
}

function hasSlashAtEnd(url: string): boolean {
  const end = url.indexOf('?')
  const length = end < 0 ? url.length : end
  return length > 1 && url.charCodeAt(length - 1) === slash
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? url
