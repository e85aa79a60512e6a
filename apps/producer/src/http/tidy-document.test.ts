import { tidyDocument } from './tidy-document.ts'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const answer = (name: string) => ({
  200: { description: '', content: { 'application/json': { schema: ref(name) } } },
})

const document = {
  openapi: '3.1.0' as const,
  info: { title: 'x', version: '1' },
  paths: {
    '/a': {
      post: {
        operationId: 'create',
        requestBody: { content: { 'application/json': { schema: ref('WishInput') } } },
        responses: answer('Thing'),
      },
      put: {
        operationId: 'change',
        requestBody: { content: { 'application/json': { schema: ref('ThingInput') } } },
        responses: answer('Thing'),
      },
      head: { operationId: 'has-head', responses: answer('Thing') },
    },
  },
  components: {
    schemas: {
      WishInput: { type: 'object' as const, properties: { part: ref('PartInput') } },
      PartInput: { type: 'string' as const },
      ThingInput: { type: 'object' as const },
      Wish: { type: 'object' as const },
      Part: { type: 'string' as const },
      Thing: { type: 'object' as const },
      Left: { type: 'object' as const },
    },
  },
}

describe('the OpenAPI document', () => {
  const tidied = tidyDocument(document)

  it('holds each schema once under its own name, and two where requests and answers differ', () =>
    expect(Object.keys(tidied.components?.schemas ?? {}).toSorted()).toEqual([
      'Part',
      'Thing',
      'ThingInput',
      'Wish',
    ]))

  it('refers to them by those names', () => {
    expect(tidied.paths?.['/a']?.post?.requestBody).toEqual({
      content: { 'application/json': { schema: ref('Wish') } },
    })
    expect(tidied.paths?.['/a']?.put?.requestBody).toEqual({
      content: { 'application/json': { schema: ref('ThingInput') } },
    })
    expect(tidied.components?.schemas?.['Wish']).toEqual({ type: 'object', properties: { part: ref('Part') } })
  })

  it('gives a HEAD operation the id of its route', () =>
    expect(tidied.paths?.['/a']?.head?.operationId).toBe('has'))
})
