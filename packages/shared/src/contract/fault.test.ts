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
