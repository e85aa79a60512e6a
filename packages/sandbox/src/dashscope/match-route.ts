import type { IncomingMessage } from 'node:http'
import type { FaultPoint } from './faults.ts'

/** A request that has a route. */
export type Call = {
  at: Exclude<FaultPoint, 'api' | 'task'>
  request: IncomingMessage
  url: URL
  /** Submit path or task id, as the route says. */
  name: string
}

/** Finds the route of a request; the SDKs' trailing slashes and stray query parameters are tolerated. docs/dashscope.md §7.5 */
export const matchRoute = (request: IncomingMessage, origin: string): Call | undefined => {
  const url = new URL(request.url ?? '/', origin)
  const path = url.pathname.replace(/(.)\/$/, '$1')
  const get = request.method === 'GET' || request.method === 'HEAD'
  const call = (at: Call['at'], name = ''): Call => ({ at, request, url, name })
  if (get && path.startsWith('/1d/')) return call('result')
  if (request.method === 'POST' && path === '/') return call('upload')
  const [, rest = ''] = /^\/api\/v1\/(.+)$/.exec(path) ?? []
  if (get && rest === 'tasks') return call('list')
  if (get && rest === 'uploads') return call('policy')
  const [, queried] = /^tasks\/([^/]+)$/.exec(rest) ?? []
  if (get && queried !== undefined) return call('query', queried)
  const [, canceled] = /^tasks\/([^/]+)\/cancel$/.exec(rest) ?? []
  if (request.method === 'POST' && canceled !== undefined) return call('cancel', canceled)
  const [, service] =
    /^services\/aigc\/(image2image\/image-synthesis|image-generation\/generation)$/.exec(rest) ?? []
  return request.method === 'POST' && service !== undefined ? call('submit', service) : undefined
}
