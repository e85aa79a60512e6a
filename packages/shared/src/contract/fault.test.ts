import { EditRequest } from './edit-request.ts'
import { faultsOf } from './fault.ts'

const fine = { prompt: 'on white', images: ['https://cdn.example.com/a.jpg'] }
const faults = (value: unknown) => faultsOf(EditRequest.safeParse(value).error ?? never())
const never = () => {
  throw new Error('the value is fine')
}

describe('faultsOf', () => {
  it('says what is missing, of another type, too long or unknown, and where', () => {
    expect(faults({ ...fine, prompt: undefined, n: 'two' })).toEqual([
      { path: ['prompt'], detail: 'prompt is needed' },
      { path: ['n'], detail: 'n must be a number' },
    ])
    expect(faults({ ...fine, n: 1.5, key: 'x'.repeat(201) })).toEqual([
      { path: ['n'], detail: 'n must be an integer' },
      { path: ['key'], detail: 'key must be at most 200 characters long' },
    ])
    expect(faults({ ...fine, colour: 'red', hue: 1 })).toEqual([
      { path: ['colour'], detail: 'colour is not a known field' },
      { path: ['hue'], detail: 'hue is not a known field' },
    ])
    expect(faults('no edit')).toEqual([{ path: [], detail: 'the body must be an object' }])
  })

  it('continues the sentence of a message of ours after the name', () => {
    expect(faults({ ...fine, images: ['/etc/passwd'] })).toEqual([
      { path: ['images', 0], detail: expect.stringMatching(/^images\/0 must be an http\(s\) URL/) },
    ])
  })
})

describe('faultsOf, about what was never meant well', () => {
  it('says what is wrong with a name in metadata', () => {
    const long = 'x'.repeat(100)
    expect(faults({ ...fine, metadata: { [long]: '1', 'a\0': '2' } })).toEqual([
      {
        path: ['metadata', long],
        detail: `the name "${'x'.repeat(64)}…" must be at most 64 characters long`,
      },
      {
        path: ['metadata', 'a\0'],
        detail: expect.stringContaining('"a\\u0000" holds the control character'),
      },
    ])
  })

  it('cuts a name that is as long as a body', () => {
    const [fault] = faults({ ...fine, ['y'.repeat(100_000)]: 1 })
    expect(fault?.detail).toBe(`${'y'.repeat(64)}… is not a known field`)
  })
})
