import { createClient } from '@restyle/dashscope/client'
import { defaultModel } from '@restyle/dashscope/models'
import { draw, openStory, type Story, until } from './story.ts'

describe('a picture that was uploaded to the vendor', () => {
  let story: Story
  beforeEach(async () => {
    story = await openStory()
  })
  afterEach(() => story.stop())

  /** Uploads a picture as a service does that has the account's key. */
  async function upload(name: string): Promise<string> {
    const { env } = story.world
    const client = createClient({
      baseUrl: String(env['DASHSCOPE_BASE_URL']),
      apiKey: String(env['DASHSCOPE_API_KEY']),
    })
    try {
      const asked = await client.uploadPolicy(defaultModel.id)
      if (asked.kind !== 'policy') throw new Error(asked.code)
      const uploaded = await client.upload(asked.policy, name, await draw(120))
      if (uploaded.kind !== 'uploaded') throw new Error(uploaded.code)
      return uploaded.url
    } finally {
      await client.close()
    }
  }
  const post = (image: string) => story.call('POST', '/v1/edits', { prompt: 'on marble', images: [image] })
  const detailOf = (body: unknown) => (body as { errors?: { pointer: string; detail: string }[] }).errors?.[0]

  it('is passed on with the header that it needs, and the answer says how long it lives', async () => {
    const url = await upload('lamp.png')
    const reply = await post(url)
    expect(reply.status).toBe(202)
    expect(reply.body).toMatchObject({
      warnings: [{ pointer: '/images/0', detail: expect.stringMatching(/can be opened until 20.* only/) }],
    })
    const id = (reply.body as { id: string }).id
    expect((await story.ended([id]))[0]?.type).toBe('restyle.edit.succeeded')
    expect(story.world.dashscope.posts).toMatchObject([{ status: 200, images: [url] }])
  })

  it('of another account is not sent, and is refused from then on with what to send instead', async () => {
    const theirs = (await upload('lamp.png')).replace(/dashscope-instant\/[^/]+/, 'dashscope-instant/another')
    // nobody has asked yet which folder is this account's
    const first = await post(theirs)
    expect(first.status).toBe(202)
    const [event] = await story.ended([(first.body as { id: string }).id])
    expect(event).toMatchObject({ data: { failure: { code: 'SourceElsewhere' }, cost: { micros: 0 } } })
    expect(story.world.dashscope.posts).toEqual([])
    await until(async () => (await post(theirs)).status === 422)
    expect(detailOf((await post(theirs)).body)).toEqual({
      pointer: '/images/0',
      detail: expect.stringMatching(/^images\/0 was uploaded by another account.*sha256:<64 hex digits>$/),
    })
    expect((await post(await upload('shade.png'))).status).toBe(202)
    await until(() => story.world.dashscope.posts.length === 1)
  })

  it('that is over, or is none, is refused', async () => {
    const url = await upload('lamp.png')
    const over = url.replace(/\/20\d{6}\//, '/20260302/')
    expect(detailOf((await post(over)).body)?.detail).toMatch(
      /^images\/0 was uploaded 48 hours ago or more, and is over since 2026-03-04T16:00:00.000Z: upload it again, or send/,
    )
    expect(detailOf((await post('oss://photos/lamp.png')).body)?.detail).toMatch(
      /is no upload to DashScope's temporary/,
    )
  })

  it('is refused where the lanes of its model are of several accounts', async () => {
    const { lanes } = story.world.ledger
    const [card] = (await lanes.list()).cards
    if (card === undefined) throw new Error('there is no lane')
    await lanes.announce({ ...card, id: 'other', name: 'other', account: 'other' })
    const { body } = await post(await upload('lamp.png'))
    expect(detailOf(body)?.detail).toMatch(/^images\/0 can be read by one account only, and the lanes/)
  })
})
