/** What every key of a world begins with, behind its id. */
export const worldSecret = 'ca9a41e5b0bb1ed0'

/** Secrets of installations of the tests, by what they are: nothing that a test prints may hold one. */
const canaries: Readonly<Record<string, string>> = {
  'the secret of a bucket': 'sandbox-secret',
  'the secret of a bucket of a producer': 'test-secret',
  'the password of Redis': 'canary-right',
  'the key of the vendor': 'canary-4f1c2a9e7b3d',
  'the secret of a bucket in chaos': 'canary-secret-access-key-91be',
  'the key of a producer in chaos': 'rk_canary',
  'the key of a producer of a world': worldSecret,
}

/** Secrets that are made anew each time, by their form: `createApiKey` makes such keys, `newSecret` signs webhooks, S3 signs addresses. */
const forms: Readonly<Record<string, RegExp>> = {
  'an API key': /rk_[0-9a-f]{16}_(?!0{64})[0-9a-f]{64}/,
  'the secret of a webhook': /whsec_[A-Za-z0-9+/]{43}=/,
  'a signed address': /X-Amz-Signature=[0-9a-f]{64}/,
}

/** The longest secret: whoever reads a text in pieces keeps so much of the piece before. */
const longest = 128

/** What secrets a text holds. They are not repeated. */
export const leaksIn = (text: string): string[] => [
  ...Object.entries(canaries).flatMap(([what, secret]) => (text.includes(secret) ? [what] : [])),
  ...Object.entries(forms).flatMap(([what, form]) => (form.test(text) ? [what] : [])),
]

type Stream = { write(chunk: string | Uint8Array, ...more: never[]): boolean }

/** Looks at all that is written to a stream from now on, and tells of each secret once. */
export function watchForLeaks(stream: Stream, found: (what: string) => void): void {
  const write = stream.write.bind(stream)
  const told = new Set<string>()
  let before = ''
  stream.write = (chunk, ...more) => {
    const text = before + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
    for (const what of leaksIn(text)) {
      if (!told.has(what)) found(what)
      told.add(what)
    }
    before = text.slice(-longest)
    return write(chunk, ...more)
  }
}
