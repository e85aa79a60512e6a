import { parseEnv } from 'node:util'
import { envText } from './env-text.ts'

describe('the environment of a worker as a file', () => {
  it('is read back as it was, whatever quotes and signs stand in it', () => {
    const env = { A: 'sk-1', B: "it's # $HOME", C: `a'b\`c`, D: `'"\\n`, E: 'two\nlines', F: '' }
    expect(parseEnv(envText(env))).toEqual(env)
  })

  it('is not written where it could not be read back', () =>
    expect(() => envText({ KEY: `'"\`` })).toThrow('KEY holds every kind of quote'))
})
