import swagger from '@fastify/swagger'
import { limitsText } from '@restyle/shared/contract/limits'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { Api } from './api.ts'
import { packedText } from './packed-text.ts'
import { ProblemView } from './problem-view.ts'
import { tellAnswers } from './tell-answers.ts'
import { tidyDocument } from './tidy-document.ts'

/** Writes the OpenAPI document from the routes that are registered after it, and serves it. */
export async function describeApi(app: Api, tags: { name: string; description: string }[]): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Restyle',
        version: '0.1.0',
        description: `Enqueue edits of pictures and be told how each one ended. Refusals are RFC 9457 problems with a stable code, which \`/problems\` explains. Every GET has a HEAD. Besides what each route names, any address may answer 405 (with \`Allow\`), 408, 414 and 431.\n\nAt most:\n\n${limitsText()}`,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        contact: { name: 'Whoever runs this installation' },
      },
      // relative to the address of the document: a client knows where it got it
      servers: [{ url: '/', description: 'This installation' }],
      tags,
      components: {
        securitySchemes: { key: { type: 'http', scheme: 'bearer', bearerFormat: 'rk_<keyId>_<secret>' } },
      },
      security: [{ key: [] }],
    },
    // every GET has one, with nothing of its own
    exposeHeadRoutes: false,
    transform: jsonSchemaTransform,
    transformObject: (document) => tellAnswers(tidyDocument(jsonSchemaTransformObject(document))),
  })
  const sendDocument = packedText(() => JSON.stringify(app.swagger()))
  app.get('/openapi.json', { schema: { hide: true }, compress: false }, (request, reply) =>
    sendDocument(request, reply.type('application/json; charset=utf-8')),
  )
}

/** The refusals of a route, for its `response` next to the answers. */
export const refusals = {
  default: {
    description:
      'A problem. Nothing was done, unless it holds an `idempotencyKey`: then what was asked for may still be done.',
    content: { 'application/problem+json': { schema: ProblemView } },
  },
} as const

/** For the `security` of a route that needs no key. */
export const noKey: { [name: string]: string[] }[] = [{}]
