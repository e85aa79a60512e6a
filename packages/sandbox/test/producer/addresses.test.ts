import { fine, openProducer, type World } from './open-producer.ts'

const signed = (endsInSeconds: number, goodForSeconds = 3600) => {
  const at = new Date(Date.now() + (endsInSeconds - goodForSeconds) * 1000)
  const date = at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `https://photos.example.com/a.jpg?X-Amz-Date=${date}&X-Amz-Expires=${goodForSeconds}&X-Amz-Signature=0`
}
const day = 24 * 3600

describe('the addresses of pictures', () => {
  let world: World
  let headers: Record<string, string>
  const post = (url: string, payload: object, more: Record<string, string> = {}) =>
    world.producer.app.inject({ method: 'POST', url, headers: { ...headers, ...more }, payload })
  const edit = (...images: string[]) => post('/v1/edits', { ...fine, images })

  beforeAll(async () => {
    world = await openProducer()
    headers = await world.keyOf('catalog')
  })
  afterAll(() => world.stop())

  it.each([
    ['a blank', 'https://cdn.example.com/my lamp.jpg', 'images/0 holds a blank: write %20'],
    [
      'a blank at its end',
      'https://cdn.example.com/a.jpg ',
      'images/0 begins or ends with a blank: take it away',
    ],
    [
      'a line break',
      `${fine.images[0]}\n${fine.images[0]}`,
      'images/0 holds a line break: give each address',
    ],
    [
      'an & as HTML has it',
      'https://cdn.example.com/a?w=1&amp;h=2',
      'images/0 holds &amp;, which is HTML for &',
    ],
  ])('are refused with what to do: %s', async (_, address, detail) => {
    const answer = await edit(address)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors).toEqual([{ pointer: '/images/0', detail: expect.stringContaining(detail) }])
  })

  it.each([-day, -1, 30])('are refused where their signature ends in %d s', async (seconds) => {
    const answer = await edit(fine.images[0] ?? '', signed(seconds))
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors).toEqual([
      {
        pointer: '/images/1',
        detail: expect.stringMatching(/^images\/1 is signed until \d{4}-.*Z, which is over: sign it again/),
      },
    ])
  })

  it('are taken with a warning where their signature ends within a day', async () => {
    const answer = await edit(signed(3600))
    expect(answer.statusCode).toBe(202)
    expect(answer.json().warnings).toEqual([
      { pointer: '/images/0', detail: expect.stringMatching(/^images\/0 can be opened until .*Z only/) },
    ])
    const { id } = answer.json()
    const read = await world.producer.app.inject({ url: `/v1/edits/${id}`, headers })
    expect(read.json()).not.toHaveProperty('warnings')

    const batch = await post('/v1/batches', { edits: [fine, { ...fine, images: [signed(7200)] }] })
    expect(batch.statusCode).toBe(202)
    expect(batch.json().warnings).toMatchObject([{ row: 2, pointer: '/edits/1/images/0' }])
  })

  it('are taken without a word where their signature lasts', async () => {
    const answer = await edit(signed(2 * day, 7 * day))
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).not.toHaveProperty('warnings')
  })

  it('are not looked at again when the same request comes again', async () => {
    const key = { 'idempotency-key': 'signed' }
    const body = { ...fine, images: [signed(70)] }
    const first = await post('/v1/edits', body, key)
    expect(first.statusCode).toBe(202)
    await world.until(async () => (await edit(...body.images)).statusCode === 422)
    expect((await post('/v1/edits', body, key)).json().id).toBe(first.json().id)
  })

  it('that were not uploaded cost a bounded number of questions, and the refusal claims no more than was found', async () => {
    const image = (i: number) => `sha256:${i.toString(16).padStart(64, '0')}`
    const before = world.server.s3.requests.HeadObject ?? 0
    const edits = Array.from({ length: 5_000 }, (_, i) => ({ ...fine, images: [image(i)] }))
    const answer = await post('/v1/batches', { edits })
    expect(answer.statusCode).toBe(422)
    const asked = (world.server.s3.requests.HeadObject ?? 0) - before
    expect(asked).toBeLessThan(150)
    expect(answer.json().detail).toContain(`There are ${asked} faults`)
  })
})
