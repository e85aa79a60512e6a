import { openFrames } from './sse-frames.ts'

const lines = [
  'retry: 2000',
  'id: 1-0',
  '',
  ': heartbeat',
  '',
  'id: 2-0',
  'event: restyle.edit.succeeded',
  'data: {"prompt":"Öl 😀"}',
  '',
  'event: gap',
  'data: {}',
  'id: 3-0',
  '',
  'id: 4-0',
  '',
]
const frames = [
  { kind: 'place', cursor: '1-0' },
  {
    kind: 'event',
    message: { id: '2-0', event: 'restyle.edit.succeeded', data: '{"prompt":"Öl 😀"}' },
  },
  { kind: 'event', message: { id: '3-0', event: 'gap', data: '{}' } },
  { kind: 'place', cursor: '4-0' },
]

describe('the frames of a stream', () => {
  describe.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('whose lines end with %s', (_name, end) => {
    // the last byte shows whether a carriage return was half of an end
    const bytes = new TextEncoder().encode(`${lines.map((line) => line + end).join('')}:`)

    it('are the same wherever the bytes are cut in two, and in single bytes', () => {
      const cuts = Array.from(bytes, (_, at) => [bytes.slice(0, at), bytes.slice(at)])
      for (const pieces of [...cuts, Array.from(bytes, (byte) => Uint8Array.of(byte))]) {
        const reader = openFrames()
        const decoder = new TextDecoder()
        const read = pieces.flatMap((piece) => reader.feed(decoder.decode(piece, { stream: true })))
        expect(read).toEqual(frames)
      }
    })
  })
})
