import { newSecret } from '@restyle/shared/webhook/secrets'
import { leaksIn, watchForLeaks } from './leaks.ts'

// put together here, so that no line of this file is one
const secret = ['sandbox', 'secret'].join('-')
const key = `rk_${'6f1c2a9e7b3d4f5a'}_${'0a'.repeat(32)}`

describe('the secrets of the tests', () => {
  it('are found in any text, by their words or by their form', () => {
    expect(leaksIn(`{"secretAccessKey":"${secret}"}`)).toEqual(['the secret of a bucket'])
    expect(leaksIn(`Authorization: Bearer ${key}`)).toEqual(['an API key'])
    expect(leaksIn(`?X-Amz-Signature=${'ab'.repeat(32)}`)).toEqual(['a signed address'])
    expect(leaksIn(`webhook added, secret: ${newSecret()}`)).toEqual(['the secret of a webhook'])
    expect(leaksIn('rk-[redacted] whsec-[redacted] X-Amz-Signature=[redacted] 6f1c2a9e7b3d4f5a')).toEqual([])
  })

  it('are found in what is written in pieces, and told once', () => {
    const written: string[] = []
    const stream = { write: (chunk: string | Uint8Array) => written.push(String(chunk)) > 0 }
    const found: string[] = []
    watchForLeaks(stream, (what) => found.push(what))
    for (const piece of ['all is well\n', `it was ${secret.slice(0, 5)}`, secret.slice(5), `\n${secret}\n`])
      stream.write(piece)
    expect(found).toEqual(['the secret of a bucket'])
    expect(written.join('')).toBe(`all is well\nit was ${secret}\n${secret}\n`)
  })
})
