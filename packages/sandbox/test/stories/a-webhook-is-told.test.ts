import { createClient } from '@restyle/client/client'
import { Webhook as Referee } from 'standardwebhooks'
import { type Receiver, startReceiver } from '../../src/webhook/start-receiver.ts'
import { openStory, type Story, until } from './story.ts'

describe('a webhook of a whole installation', () => {
  let story: Story
  let receiver: Receiver
  beforeAll(async () => {
    story = await openStory()
    receiver = await startReceiver()
  })
  afterAll(async () => {
    // whatever the story leaves open is its own
    await receiver.stop()
    await story.stop()
  })

  it('is sent the end of an edit as the stream tells it, also by a worker that was started later', async () => {
    const { url, apiKey } = story.world
    const client = createClient({ url, key: apiKey })
    const { webhook, secret } = await client.webhooks.add({
      url: receiver.url,
      types: ['restyle.edit.succeeded'],
    })
    const id = await story.enqueue()
    await until(() => receiver.taken.length === 1)
    const [request] = receiver.taken
    const [told] = (await story.told()).filter(({ subject }) => subject === id)
    expect(new Referee(secret).verify(request?.body ?? '', request?.headers ?? {})).toEqual(told)
    await receiver.die()
    const other = await story.enqueue()
    await until(async () => (await client.webhooks.read(webhook.id)).failing !== undefined)
    await receiver.revive()
    await story.world.startWorker()
    const last = await until(() => receiver.taken.find(({ body }) => body.includes(other)))
    expect(last.id).toBe(`${other}-succeeded`)
  })
})
