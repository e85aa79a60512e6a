import { limits } from '@restyle/shared/contract/limits'
import { acceptancePrefix } from '@restyle/shared/object-key'
import { fine, openProducer, type World } from './open-producer.ts'

const image = fine.images[0] ?? ''

describe('the texts of a request', () => {
  let world: World
  let headers: Record<string, string>
  const post = (url: string, payload: object) =>
    world.producer.app.inject({ method: 'POST', url, headers, payload })
  const edit = (more: object) => post('/v1/edits', { ...fine, ...more })

  beforeAll(async () => {
    world = await openProducer()
    headers = await world.keyOf('catalog')
  })
  afterAll(() => world.stop())

  /** What the ledger and the bucket hold of edits and batches. */
  async function written(): Promise<string[]> {
    const names = (await world.redis.keys(`${world.prefix}:*`)).filter((key) => /:(edit|batch):/.test(key))
    for await (const { key } of world.store.list(acceptancePrefix(Date.now()))) names.push(key)
    return names
  }

  const spoilt: Record<string, string> = {
    'half a character': 'bad\ud800',
    'another half': '\udfffbad',
    'a NUL': 'a\0b',
    'an escape': 'a\u001b[31mb',
    'a noncharacter': 'a\uffffb',
  }
  const fields: [string, string, (text: string) => object][] = [
    ['prompt', '/prompt', (text) => ({ prompt: text })],
    ['negativePrompt', '/negativePrompt', (text) => ({ negativePrompt: text })],
    ['key', '/key', (text) => ({ key: text })],
    ['model', '/model', (text) => ({ model: text })],
    ['size', '/size', (text) => ({ size: text })],
    ['an address', '/images/1', (text) => ({ images: [image, `https://cdn.example.com/${text}`] })],
    ['the key of an s3:// address', '/images/0', (text) => ({ images: [`s3://photos/${text}`] })],
    ['a name in metadata', `/metadata/`, (text) => ({ metadata: { [text]: 'x' } })],
    ['a value in metadata', '/metadata/sku', (text) => ({ metadata: { sku: text } })],
  ]

  it.each(
    fields.flatMap(([field, pointer, make]) =>
      Object.entries(spoilt).map(([what, text]) => [what, field, pointer, make(text)] as const),
    ),
  )('%s in %s is refused', async (_what, _field, pointer, spoil) => {
    const before = await written()
    const answer = await edit(spoil)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors).toEqual([
      { pointer: expect.stringContaining(pointer), detail: expect.stringMatching(/half a character|U\+/) },
    ])
    expect(await written()).toEqual(before)
  })

  it.each(Object.entries(spoilt))('%s in the last of 501 rows refuses them all', async (_, text) => {
    const before = await written()
    for (const [, pointer, spoil] of fields) {
      const rows = Array.from({ length: 501 }, (_each, i) => ({ ...fine, prompt: `row ${i}` }))
      const answer = await post('/v1/batches', {
        edits: [...rows.slice(0, 500), { ...fine, ...spoil(text) }],
      })
      expect(answer.statusCode).toBe(422)
      expect(answer.json().errors).toMatchObject([
        { row: 501, pointer: expect.stringContaining(`/edits/500${pointer}`) },
      ])
    }
    expect(await written()).toEqual(before)
  })

  it.each(Object.values(spoilt))('a batch is not called %j', async (name) => {
    const answer = await post('/v1/batches', { name, edits: [fine] })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors).toEqual([
      { pointer: '/name', detail: expect.stringMatching(/half a character|U\+/) },
    ])
  })

  it('may have lines in a prompt and in metadata, and letters of every language', async () => {
    const told = { prompt: '第一行\n\tsecond, “quoted” 🛋️', metadata: { note: 'a\nb' }, key: '灯-1' }
    const answer = await edit(told)
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toMatchObject(told)
  })

  it('that are not UTF-8 are refused instead of guessed', async () => {
    const gbk = Buffer.from([...Buffer.from('{"prompt":"'), 0xb5, 0xc6, ...Buffer.from('","images":[]}')])
    const answer = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: gbk,
    })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().detail).toBe('The body is not JSON: it is not UTF-8.')
  })

  const entries = (count: number, value = 'x') =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`name-${i}`, value]))
  it.each<[string, object, RegExp]>([
    ['51 entries', entries(51), /^metadata has 51 entries; at most 50 are kept$/],
    ['10,000 entries', entries(10_000), /^metadata has 10000 entries; at most 50 are kept$/],
    ['20 KB', entries(40, 'x'.repeat(500)), /^metadata has 20\d\d\d bytes in all; at most 16384 are kept$/],
    [
      '20 KB of Chinese',
      entries(20, '灯'.repeat(300)),
      /^metadata has 18\d\d\d bytes in all; at most 16384 are kept$/,
    ],
  ])('in metadata may not be %s', async (_, metadata, detail) => {
    const answer = await edit({ metadata })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors).toEqual([{ pointer: '/metadata', detail: expect.stringMatching(detail) }])
  })

  it('in metadata may be 50 entries and 16 KB', async () => {
    const value = 'x'.repeat(Math.floor(limits.metadataBytes / 50) - 'name-49'.length)
    expect((await edit({ metadata: entries(50, value) })).statusCode).toBe(202)
  })

  it.each<[string, object, string]>([
    ['prompt', { prompt: 'x'.repeat(10_001) }, 'prompt must be at most 10000 characters long'],
    ['model', { model: 'x'.repeat(100_000) }, 'model must be at most 64 characters long'],
    ['size', { size: 'x'.repeat(100_000) }, 'size must be at most 20 characters long'],
    [
      'images',
      { images: Array.from({ length: 17 }, () => image) },
      'images has 17 addresses; at most 16 are',
    ],
    ['fields', entries(40), 'the edit has 42 fields; at most 32 are read'],
  ])('are bounded: %s', async (_, more, detail) => {
    const answer = await edit(more)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().detail).toContain(detail)
    // a refusal does not give back what was too long
    expect(answer.body.length).toBeLessThan(2_000)
  })

  it('and their bounds are in the OpenAPI document, all of them', async () => {
    const { info, components } = (await world.producer.app.inject({ url: '/openapi.json' })).json()
    for (const most of Object.values(limits)) expect(info.description).toContain(most.toLocaleString('en'))
    expect(components.schemas.RowRequest.properties).toMatchObject({
      prompt: { maxLength: limits.prompt },
      images: { maxItems: limits.images, items: { anyOf: [{ maxLength: limits.address }, {}] } },
      key: { maxLength: limits.key },
      metadata: { maxProperties: limits.metadataEntries },
      columns: { maxProperties: limits.columns },
      fingerprint: { maxLength: limits.fingerprint },
    })
  })
})
