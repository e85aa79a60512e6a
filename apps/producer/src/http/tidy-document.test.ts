import { tidyDocument } from './tidy-document.ts'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const answer = (name: string) => ({
  200: { description: '', content: { 'application/json': { schema: ref(name) } } },
})

const document = {
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
      WishInput: { type: 'object', properties: { part: ref('PartInput') } },
      PartInput: { type: 'string' },
      ThingInput: {
        type: 'object',
        properties: {
          n: { type: 'integer', default: 1, description: 'How many' },
          size: { default: 'M' },
          kept: { default: 1 },
        },
        required: ['kept'],
      },
      Wish: { type: 'object' },
      Part: { type: 'string' },
      Thing: { type: 'object' },
      Left: { type: 'object' },
    },
  },
}

describe('the OpenAPI document', () => {
  const { paths, components } = tidyDocument<{
    paths: Record<string, Record<string, { operationId: string; requestBody?: object }>>
    components: { schemas: Record<string, object> }
  }>(document)

  it('holds each schema once under its own name, and two where requests and answers differ', () =>
    expect(Object.keys(components.schemas).toSorted()).toEqual(['Part', 'Thing', 'ThingInput', 'Wish']))

  it('refers to them by those names', () => {
    const body = (name: string) => ({ content: { 'application/json': { schema: ref(name) } } })
    expect(paths['/a']?.['post']?.requestBody).toEqual(body('Wish'))
    expect(paths['/a']?.['put']?.requestBody).toEqual(body('ThingInput'))
    expect(components.schemas['Wish']).toEqual({ type: 'object', properties: { part: ref('Part') } })
  })

  it('gives a HEAD operation the id of its route', () =>
    expect(paths['/a']?.['head']?.operationId).toBe('has'))

  it('says in words what a field is that is left out', () =>
    expect(components.schemas['ThingInput']).toEqual({
      type: 'object',
      properties: {
        n: { type: 'integer', description: 'How many. Default: `1`' },
        size: { description: 'Default: `"M"`' },
        kept: { default: 1 },
      },
      required: ['kept'],
    }))
})
