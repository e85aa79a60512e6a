import { tellAnswers } from './tell-answers.ts'

const edit = { $ref: '#/components/schemas/Edit' }
const answers = {
  200: { description: 'Default Response', content: { 'application/json': { schema: edit } } },
}
const parameters = [{ name: 'id', schema: { type: 'string' } }]
const requestBody = { content: { 'application/json': { schema: edit } } }

const document = {
  paths: {
    '/open': { get: { security: [{}], responses: answers } },
    '/keyed/{id}': {
      get: {
        security: [{ key: ['events'] }],
        parameters,
        responses: answers,
        'x-problems': ['not-found'] as const,
      },
      put: {
        security: [{ key: [] }],
        parameters: [{ name: 'idempotency-key' }],
        requestBody,
        responses: { ...answers, default: { description: 'any problem' } },
        'x-answers': {
          200: { description: 'It was there', headers: ['ETag'] as const },
          304: { headers: ['ETag'] as const },
        },
      },
    },
    '/bytes': {
      get: { security: [{ key: [] }], responses: {}, 'x-answers': { 200: { bytes: ['image/png'] } } },
      head: { security: [{ key: [] }], responses: answers },
    },
  },
  components: { schemas: { Edit: { examples: [{ id: 'edit_1' }] } } },
}

/** As far as the tests look at what is told. */
type Told = {
  paths: Record<string, Record<string, { responses: Record<string, object> }>>
  components: {
    headers: object
    responses: Record<string, { description: string; headers: object; content: object }>
  }
}

describe('the answers of the OpenAPI document', () => {
  const told = tellAnswers(document) as unknown as Told
  const of = (path: string, method = 'get') => told.paths[path]?.[method]?.responses ?? {}

  it('are those that follow from what a route takes, and those that it names', () => {
    expect(Object.keys(of('/open'))).toEqual(['200', '400', '406', '500', '503'])
    expect(Object.keys(of('/keyed/{id}'))).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '406',
      '429',
      '500',
      '503',
    ])
    const put = ['200', '304', '400', '401', '403', '406', '409', '413', '415', '422', '429', '500', '503']
    expect(Object.keys(of('/keyed/{id}', 'put'))).toEqual(put)
  })

  it('share the refusals that have the same codes', () => {
    expect(of('/keyed/{id}')['404']).toEqual({ $ref: '#/components/responses/NotFound' })
    const { description, headers, content } = told.components.responses['UnreadableOrInternal'] ?? {}
    expect(description).toMatch(/^`unreadable`: .*\n\n`internal`: .*$/)
    expect(headers).toHaveProperty('Idempotency-Key')
    expect(content).toMatchObject({
      'application/problem+json': { schema: { properties: { code: { enum: ['unreadable', 'internal'] } } } },
    })
    expect(told.components.responses['Unavailable']?.headers).toHaveProperty('Retry-After')
    expect(told.components.responses['StillRunning']?.headers).toHaveProperty('Retry-After')
    expect(told.components.responses['Unauthorized']?.headers).toHaveProperty('WWW-Authenticate')
  })

  it('have the words and headers of their route, and an example', () => {
    expect(of('/keyed/{id}', 'put')['200']).toEqual({
      description: 'It was there',
      headers: Object.fromEntries(
        ['ETag', 'RateLimit', 'RateLimit-Policy', 'X-Request-Id'].map((name) => [
          name,
          { $ref: `#/components/headers/${name}` },
        ]),
      ),
      content: { 'application/json': { schema: edit, example: { id: 'edit_1' } } },
    })
    expect(of('/keyed/{id}', 'put')['304']).toMatchObject({ description: 'Not Modified' })
    expect(of('/bytes')['200']).toMatchObject({
      description: 'OK',
      content: { 'image/png': { schema: { type: 'string', format: 'binary' } } },
    })
    expect(of('/bytes', 'head')['200']).not.toHaveProperty('content')
  })

  it('name no header that no answer has, and leave nothing of how they were told', () => {
    expect(Object.keys(told.components.headers)).not.toContain('Content-Range')
    expect(JSON.stringify(told)).not.toMatch(/"x-(problems|answers)"|any problem/)
  })
})
