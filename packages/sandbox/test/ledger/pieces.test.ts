import type { Image } from '@restyle/shared/contract/edit'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import type { Change } from '@restyle/shared/ledger/move'
import { joined } from '@restyle/shared/ledger/record'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { changeTo, openLedgerWorld } from './ledger-world.ts'

let server: RedisServer
let redis: Redis
let tests = 0

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const open = () => openLedgerWorld(redis, `{pieces${tests}}`)
const withPrompt = (prompt: string) => ({
  request: EditRequest.parse({ prompt, images: ['https://example.com/a.png'] }),
})
const image: Image = { index: 0, url: `https://example.com/${'r'.repeat(300)}.png`, expiresAt: 9 }

describe('the long texts of an edit', () => {
  it.each([
    ['letters', 'x'.repeat(700)],
    ['characters of three bytes, at each place of a piece', `a${'把'.repeat(230)}bb${'色'.repeat(230)}`],
    ['characters of four bytes', `a${'\u{1f6cb}'.repeat(100)}`],
  ])('are read as they were written: %s', async (_what, prompt) => {
    const { ledger, standing, admitted } = open()
    const queued = await standing('a', 'queued', withPrompt(prompt))
    expect(queued.request.prompt).toBe(prompt)
    expect((await admitted(queued)).request.prompt).toBe(prompt)
    expect((await ledger.readMany(['a']))[0]?.request.prompt).toBe(prompt)
  })

  it('are no longer than what Redis keeps in its compact form, also while images are on their way', async () => {
    const { keys, standing, admitted, moved } = open()
    const world = {
      baseUrl: `https://${'d'.repeat(80)}.example.com`,
      account: 'a',
      bucket: 'b',
      createOnce: 'oss',
    }
    const submitting = await admitted(await standing('a', 'queued', withPrompt('x'.repeat(700))), { world })
    const running = await moved(submitting, changeTo('running', 'a'))
    const encoding = () => redis.object('ENCODING', keys.edit('a'))
    expect(await encoding()).toBe('listpack')
    const rendered = await moved(running, {
      to: 'rendered',
      set: { images: [image, image, image, image] },
      expiresAt: 9,
    })
    expect(await encoding()).toBe('listpack')
    expect(rendered.world).toEqual(world)
  })

  it('leave nothing behind when they become shorter, or go', async () => {
    const { ledger, keys, standing, moved } = open()
    const names = async (field: string) =>
      (await redis.hkeys(keys.edit('a'))).filter((name) => name.startsWith(`${field}~`)).length
    const running = await standing('a', 'running')
    const many = { to: 'rendered', set: { images: [image, image] }, expiresAt: 9 } satisfies Change
    const rendered = await moved(running, many)
    expect(await names('images')).toBeGreaterThan(8)
    const stored = [{ index: 0, failure: { code: 'X', message: 'gone' } }]
    const fewer = await moved(rendered, { to: 'rendered', set: { images: stored }, expiresAt: 9 })
    expect(await names('images')).toBe(0)
    expect((await ledger.read('a'))?.images).toEqual(stored)
    const long = {
      to: 'rendered',
      set: { failure: { code: 'X', message: 'x'.repeat(200) } },
      expiresAt: 9,
    } as const
    const failing = await moved(fewer, long)
    expect(await names('failure')).toBe(3)
    await moved(failing, { to: 'rendered', set: { failure: null }, expiresAt: 9 })
    expect(await names('failure')).toBe(0)
    expect(await ledger.read('a')).not.toHaveProperty('failure')
  })

  it('stay whole where there would be too many pieces', async () => {
    const { keys, ledger, standing } = open()
    await standing('a', 'queued', withPrompt('x'.repeat(1900) + '把'.repeat(300)))
    expect(await redis.hget(keys.edit('a'), 'request~1')).toBeNull()
    expect((await ledger.read('a'))?.request.prompt).toHaveLength(2200)
  })

  it('are told whole in the event of an end', async () => {
    const { keys, standing } = open()
    await standing('a', 'failed', withPrompt('x'.repeat(700)))
    const [event] = await redis.xrange(keys.events('acme'), '-', '+')
    expect(event?.[1].join(' ')).toContain('x'.repeat(700))
  })

  it('are read whole where an older version has written them', () => {
    expect(joined({ id: 'a', request: 'long' })).toEqual({ id: 'a', request: 'long' })
    expect(joined({ 'request~1': 'b', id: 'a', request: 'a', 'request~2': 'c' })).toEqual({
      id: 'a',
      request: 'abc',
    })
  })
})
