import { createHash, randomBytes } from 'node:crypto'
import { limits } from '@restyle/shared/contract/limits'
import { type Decoded, openDecoder } from './base64-picture.ts'
import { takeOut } from './take-out.ts'

const picture = randomBytes(100_000)
const digest = createHash('sha256').update(picture).digest('hex')
const base64 = picture.toString('base64')

/** A body in pieces of so many bytes; gives what is left of it and what was taken out. */
async function read(body: string | Buffer, size = 65_536) {
  const bytes = Buffer.from(body)
  const found: Decoded[] = []
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const parts: Buffer[] = []
  const keep = (each: Decoded) => `#${found.push(each)}`
  for await (const part of takeOut(pieces(), { decoder: () => openDecoder(() => {}), keep })) parts.push(part)
  return { left: Buffer.concat(parts).toString(), found }
}

describe('takeOut', () => {
  it.each([1, 2, 3, 5, 7, 64, 1_000, 65_536, 10_000_000])(
    'finds pictures in pieces of %d bytes',
    async (size) => {
      const short = size < 5 ? picture.subarray(0, 1_000) : picture
      const body = `{"images":["data:image/png;base64,${short.toString('base64')}","data:image/jpeg;base64,AAAA"],"n":1}`
      const { left, found } = await read(body, size)
      expect(left).toBe('{"images":["#1","#2"],"n":1}')
      expect(found.map((each) => each.kind === 'bytes' && each.bytes.equals(short))).toEqual([true, false])
      expect(found[1]).toMatchObject({ bytes: Buffer.alloc(3) })
    },
  )

  it('tells the digest of what it decoded', async () => {
    const { found } = await read(`["data:image/png;base64,${base64}"]`)
    expect(found).toMatchObject([{ sha256: digest }])
  })

  it.each([
    ['slashes escaped, as PHP does', (text: string) => text.replaceAll('/', '\\/')],
    ['plus signs escaped, as .NET does', (text: string) => text.replaceAll('+', '\\u002B')],
    ['line breaks, as mail does', (text: string) => text.replaceAll(/.{76}/g, '$&\\r\\n')],
    ['the letters of addresses', (text: string) => text.replaceAll('+', '-').replaceAll('/', '_')],
    ['no padding', (text: string) => text.replaceAll('=', '')],
  ])('reads base64 with %s, wherever it is cut', async (_, spell) => {
    const spelled = spell(base64.slice(0, 4_000))
    const bytes = Buffer.from(base64.slice(0, 4_000), 'base64')
    for (const size of [1, 3, 11, 4_096]) {
      const { left, found } = await read(`["data:image\\/png;base64,${spelled}"]`, size)
      expect(left).toBe('["#1"]')
      expect(found).toMatchObject([{ kind: 'bytes', bytes }])
    }
  })

  it.each([
    ['other letters', 'AAAA!AAA'],
    ['what follows the end', 'AA==AAAA'],
    ['half a letter', 'AAAAA'],
    ['an escaped quote', 'AAAA\\"AAA'],
    ['half an escape', 'AAAA\\u00'],
    ['a text', 'not base64 at all, is it?'],
  ])('does not take %s for base64, and goes on after the string', async (_, text) => {
    for (const size of [1, 2, 5, 4_096]) {
      const { left, found } = await read(`{"images":["data:image/png;base64,${text}"],"n":2}`, size)
      expect(left).toBe('{"images":["#1"],"n":2}')
      expect(found).toMatchObject([{ kind: 'fault', detail: expect.stringMatching(/^is not base64/) }])
    }
  })

  it.each([
    ['no picture', '{"prompt":"on an oak table","images":["https://cdn.example.com/a.jpg"]}'],
    ['the words inside a text', String.raw`{"prompt":"say \"data:image/png;base64,AAAA\" aloud"}`],
    ['backslashes before the words', String.raw`{"prompt":"\\\"data:image/png;base64,AAAA"}`],
    ['another kind', '["data:text/plain;base64,AAAA","data:,x","data:image/png,AAAA"]'],
    ['a name that never ends', `["data:${'a'.repeat(500)}"]`],
    ['an end in the middle', '{"images":["data:image/png;bas'],
    ['nothing', ''],
  ])('leaves a body with %s as it is', async (_, body) => {
    for (const size of [1, 2, 7, 65_536]) expect((await read(body, size)).left).toBe(body)
  })

  it('takes a picture whose quote follows a backslash that is one itself', async () => {
    const { left } = await read(String.raw`{"a":"\\","images":["data:image/png;base64,AAAA"]}`, 3)
    expect(left).toBe(String.raw`{"a":"\\","images":["#1"]}`)
  })

  it('lets go of a picture that is too large, and says so', async () => {
    const large = Buffer.alloc(limits.sourceBytes + 1).toString('base64')
    const { found } = await read(`["data:image/png;base64,${large}"]`)
    expect(found).toEqual([{ kind: 'fault', detail: `has more than ${limits.sourceBytes} bytes` }])
  })

  it('ends with what its room throws', async () => {
    const room = () => {
      throw new Error('no room')
    }
    async function* body() {
      yield Buffer.from('["data:image/png;base64,AAAA"]')
    }
    const taken = takeOut(body(), { decoder: () => openDecoder(room), keep: () => '' })
    const all = async () => {
      for await (const _ of taken);
    }
    await expect(all()).rejects.toThrow('no room')
  })
})
