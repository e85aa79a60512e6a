import { exampleOf } from './example-of.ts'

const named = { Edit: { examples: [{ id: 'edit_1' }] }, Bare: { type: 'string' } }
const edit = { $ref: '#/components/schemas/Edit' }

describe('an example of a schema', () => {
  it('is its own first one, before that of what it refers to', () => {
    expect(exampleOf({ examples: [1, 2], type: 'integer' }, named)).toBe(1)
    expect(exampleOf(edit, named)).toEqual({ id: 'edit_1' })
  })

  it('is put together of those of its parts', () => {
    const page = {
      properties: {
        edits: { type: 'array', items: edit },
        state: { enum: ['open', 'closed'] },
        kind: { const: 'page' },
        either: { anyOf: [{ type: 'null' }, edit] },
        more: { type: 'string' },
        next: { type: 'string', examples: ['x'] },
      },
      required: ['edits', 'state', 'kind', 'either'],
    }
    expect(exampleOf(page, named)).toEqual({
      edits: [{ id: 'edit_1' }],
      state: 'open',
      kind: 'page',
      either: { id: 'edit_1' },
      next: 'x',
    })
  })

  it('is none where a part that must be there has none', () => {
    expect(exampleOf({ properties: { name: { type: 'string' } }, required: ['name'] }, named)).toBeUndefined()
    expect(exampleOf({ $ref: '#/components/schemas/Bare' }, named)).toBeUndefined()
  })
})
