import { connectRedis } from '@restyle/shared/redis/connect-redis'
import type { WebhookName } from '@restyle/shared/ledger/webhook-record'
import { listenForEvents } from '@restyle/worker/deliver/wake-webhooks'
import { openWebhookWorld, type WebhookWorld } from './webhook-world.ts'

describe('whoever listens for events', () => {
  let world: WebhookWorld
  beforeAll(async () => {
    world = await openWebhookWorld()
  })
  afterAll(() => world.stop())

  it('wakes a webhook that was added while it waited, and one whose producer it did not know', async () => {
    const woken: WebhookName[] = []
    const own = connectRedis(world.world.server.redis.url, 'worker', () => {})
    const stopping = new AbortController()
    const wake = async (names: readonly WebhookName[]) => void woken.push(...names)
    const add = async () => (await world.add(await world.receiver())).webhook.id
    const ids = () => woken.map(({ id }) => id)
    const first = await add()
    const listening = listenForEvents(own, { ledger: world.ledger, wake }, stopping.signal)
    try {
      await world.until(() => ids().includes(first))
      const second = await add()
      woken.length = 0
      await world.tell('acme', 1)
      await world.until(() => ids().includes(second))
      const others = await world.clientOf('others')
      const { webhook } = await others.webhooks.add({ url: (await world.receiver()).url })
      await world.tell('others', 1)
      await world.until(() => ids().includes(webhook.id))
      expect(ids()).toEqual(expect.arrayContaining([second, webhook.id]))
    } finally {
      stopping.abort()
      await listening
      own.disconnect()
    }
  })
})
