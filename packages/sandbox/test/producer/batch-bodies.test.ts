import { request } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { limits } from '@restyle/shared/contract/limits'
import { fine, openProducer, type World } from './open-producer.ts'

/** The body of a batch is read as it arrives and cut into its edits by hand: it must read JSON as everybody does. */
describe('the body of a batch', () => {
  let world: World
  let headers: Record<string, string>
  const post = (payload: string | Buffer) =>
    world.producer.app.inject({ method: 'POST', url: '/v1/batches', headers, payload })
  const edit = JSON.stringify(fine)

  beforeAll(async () => {
    world = await openProducer()
    headers = { ...(await world.keyOf('catalog')), 'content-type': 'application/json' }
  })
  afterAll(() => world.stop())

  it.each([
    ['blanks everywhere', ` \n{ "edits"\t:\r\n[ ${edit} , ${edit}\n] ,\n"name" : "x" } \n`],
    ['its name last', `{"edits":[${edit},${edit}],"name":"x"}`],
    ['a byte order mark', `\ufeff{"name":"x","edits":[${edit},${edit}]}`],
    ['names written with escapes', `{"na\\u006de":"x","\\u0065dits":[${edit},${edit}]}`],
    [
      'brackets, quotes and backslashes in texts',
      `{"name":"x","edits":[${JSON.stringify({ ...fine, prompt: '"]},{[\\' })},${JSON.stringify({ ...fine, prompt: '\\\\"' })}]}`,
    ],
  ])('may have %s', async (_, body) => {
    const answer = await post(body)
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toMatchObject({ name: 'x', total: 2 })
  })

  it('gives every row what was sent, whatever the chunks that it arrives in', async () => {
    const edits = Array.from({ length: 500 }, (_, i) => ({ ...fine, prompt: `${'ö"灯\\'.repeat(i)} ${i}` }))
    const bytes = Buffer.from(JSON.stringify({ edits }))
    const sizes = [1, 7, 1_000, 65_536, 70_001, 3]
    const chunks: Buffer[] = []
    for (let at = 0, i = 0; at < bytes.length; i += 1) {
      const size = sizes[i % sizes.length] ?? 1
      chunks.push(bytes.subarray(at, at + size))
      at += size
    }
    const answer = await fetch(`${world.producer.url}/v1/batches`, {
      method: 'POST',
      headers,
      body: ReadableStream.from(chunks),
      duplex: 'half',
    } as RequestInit)
    const { id } = (await answer.json()) as { id: string }
    const page = await world.producer.app.inject({ url: `/v1/batches/${id}/edits?limit=500`, headers })
    expect(page.json().edits.map(({ prompt }: { prompt: string }) => prompt)).toEqual(
      edits.map(({ prompt }) => prompt),
    )
  })

  it.each<[string, string | Buffer, number, RegExp]>([
    ['nothing', '', 400, /^The body is empty; it must be JSON\.$/],
    ['blanks only', '  ', 400, /ends too early/],
    ['half an object', `{"edits":[${edit}`, 400, /ends too early/],
    ['half a text', `{"edits":[${edit.slice(0, 20)}`, 400, /ends too early/],
    ['something after its end', `{"edits":[${edit}]} x`, 400, /breaks after byte \d+/],
    ['a comma too many in the list', `{"edits":[${edit},]}`, 400, /breaks after byte \d+/],
    ['a comma too many in the object', `{"edits":[${edit}],}`, 400, /breaks after byte/],
    ['no comma', `{"edits":[${edit} ${edit}]}`, 400, /breaks after byte/],
    ['no colon', `{"edits" [${edit}]}`, 400, /breaks after byte/],
    ['a name without quotes', `{edits:[${edit}]}`, 400, /breaks after byte 1\./],
    ['a bracket that closes another', `{"edits":[{"a":[}]}`, 400, /breaks after byte/],
    ['a row that is no JSON', `{"edits":[${edit},{"prompt":x}]}`, 400, /^edits\/1 is not JSON/],
    ['a name that is no JSON', `{"name":x,"edits":[${edit}]}`, 400, /^name is not JSON/],
    ['a prototype in a row', `{"edits":[{"__proto__":{"n":4}}]}`, 400, /^edits\/0 holds a __proto__/],
    ['a prototype', `{"__proto__":{},"edits":[${edit}]}`, 422, /^__proto__ is not a known field/],
    ['a list', `[${edit}]`, 422, /^the body must be an object$/],
    ['a text', '"edits"', 422, /^the body must be an object$/],
    ['no edits', '{"name":"x"}', 422, /^edits is needed$/],
    ['an empty object', '{}', 422, /^edits is needed$/],
    ['edits twice', `{"edits":[${edit}],"edits":[${edit}]}`, 422, /^edits is given twice$/],
    ['a name twice', `{"name":"a","name":"b","edits":[${edit}]}`, 422, /^name is given twice$/],
    ['a name with half a character', `{"name":"\\ud800","edits":[${edit}]}`, 422, /^name holds half a char/],
    ['a name that is a number', `{"name":1,"edits":[${edit}]}`, 422, /^name must be a string$/],
    ['GBK', Buffer.from([...Buffer.from('{"name":"'), 0xb5, 0xc6, 0x22, 0x7d]), 400, /is not UTF-8/],
    ['UTF-16', Buffer.from(`\ufeff{"edits":[]}`, 'utf16le'), 400, /is not UTF-8/],
  ])('is refused where it is %s', async (_, body, status, detail) => {
    const answer = await post(body)
    expect([answer.statusCode, answer.json().detail]).toEqual([status, expect.stringMatching(detail)])
  })

  it('without end is cut off, and the producer goes on', async () => {
    const { url } = world.producer
    const call = request(`${url}/v1/batches`, { method: 'POST', headers })
    let sent = 0
    const answered = new Promise<number | undefined>((resolve) => {
      call.once('response', (answer) => resolve(answer.resume().statusCode))
      // cut off while it sends, a caller may not hear the answer
      call.once('close', () => resolve(undefined))
    })
    const blanks = function* () {
      for (; sent < 1_000; sent += 1) yield Buffer.alloc(1_000_000, ' ')
    }
    await pipeline(blanks, call).catch(() => {})
    expect([413, undefined]).toContain(await answered)
    expect(sent * 1_000_000).toBeLessThan(4 * limits.batchBodyBytes)
    expect((await world.producer.app.inject({ url: '/v1/models', headers })).statusCode).toBe(200)
  })
})
