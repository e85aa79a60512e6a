import swagger from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { Api } from './api.ts'
import { ProblemView } from './problem.ts'

/** Writes the OpenAPI document from the routes that follow, and serves it. */
export async function describeApi(app: Api): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Restyle',
        version: '0.1.0',
        description:
          'Enqueue edits of pictures and be told how each one ended. Refusals are RFC 9457 problems with a stable type.',
      },
      servers: [],
      tags: [
        { name: 'edits', description: 'One instruction over one to three pictures' },
        { name: 'batches', description: 'Many edits at once' },
        { name: 'reviews', description: 'Edits that wait for a person to decide' },
        { name: 'events', description: 'How every edit ended, at least once and in order per edit' },
        { name: 'sources', description: 'Pictures uploaded under their SHA-256' },
        { name: 'models', description: 'What can be asked for' },
        { name: 'health', description: 'Whether this process works' },
      ],
      components: {
        securitySchemes: { key: { type: 'http', scheme: 'bearer', bearerFormat: 'rk_<keyId>_<secret>' } },
      },
      security: [{ key: [] }],
    },
    exposeHeadRoutes: true,
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** Every refusal of a route, for its `response` beside the answers. */
export const refusals = {
  default: {
    description: 'A problem: nothing was done',
    content: { 'application/problem+json': { schema: ProblemView } },
  },
} as const

/** For the `security` of a route that needs no key. */
export const noKey: { [name: string]: string[] }[] = [{}]
