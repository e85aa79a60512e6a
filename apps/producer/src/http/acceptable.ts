import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Api } from './api.ts'
import { Problem } from './problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media types of its answers; absent where the document does not tell of the route. */
    mediaTypes?: readonly string[]
  }
}

/**
 * Refuses a request whose `Accept` takes none of the forms that its route answers in: before its key is looked up, and before
 * anything is made whose answer it could not read. Holds for the routes that are registered after it.
 */
export function refuseUnacceptable(app: Api): void {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, mediaTypes: mediaTypesOf(route) }
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const { accept } = request.headers
    const { mediaTypes = [] } = request.routeOptions.config
    if (accept === undefined || mediaTypes.length === 0 || takesOneOf(accept, mediaTypes)) return done()
    done(
      new Problem(
        'not-acceptable',
        `The answer is ${mediaTypes.join(' or ')}, which the Accept of the request does not take.`,
      ),
    )
  })
}

/** What a route tells the document about its answers that are no refusals. */
function mediaTypesOf({ schema = {} }: Pick<RouteOptions, 'schema'>): string[] {
  if (schema.hide === true) return []
  const answers: [string, unknown][] = Object.entries(schema.response ?? {})
  const told = Object.entries(schema['x-answers'] ?? {}).filter(([, { bytes }]) => bytes !== undefined)
  const types = [
    ...answers
      .filter(([status]) => status.startsWith('2') && told.every(([each]) => each !== status))
      .flatMap(([, answer]) => contentOf(answer)),
    ...told.filter(([status]) => status.startsWith('2')).flatMap(([, { bytes = [] }]) => bytes),
  ]
  return [...new Set(types)]
}

const Content = z.object({ content: z.record(z.string(), z.unknown()) })

function contentOf(answer: unknown): string[] {
  if (answer instanceof z.ZodType) return ['application/json']
  const { data } = Content.safeParse(answer)
  return data === undefined ? ['application/json'] : Object.keys(data.content)
}

/** Whether an `Accept` takes one of the types: of the ranges that hold one, the narrowest counts (RFC 9110, section 12.5.1). */
export function takesOneOf(accept: string, types: readonly string[]): boolean {
  const ranges = accept
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '')
    .map(readRange)
  // an empty one says nothing
  if (ranges.length === 0) return true
  return types.some((type) => {
    const [family = ''] = type.split('/', 1)
    const held = [type, `${family}/*`, '*/*'].map((name) => ranges.filter((range) => range.name === name))
    return held.find((each) => each.length > 0)?.some(({ isRefused }) => !isRefused) ?? false
  })
}

/** Its parameters narrow a type that we do not have in two kinds; only `q=0` matters. */
function readRange(text: string): { name: string; isRefused: boolean } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim())
  // as some old programs write it
  return {
    name: name === '*' ? '*/*' : name,
    isRefused: parameters.some((part) => /^q\s*=\s*0(\.0*)?$/.test(part)),
  }
}
