import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { waitsMs } from '@restyle/worker/deliver/next-delivery'
import { freePort } from '../../src/redis/start-redis.ts'
import { restyle } from '../stories/cli.ts'
import { openWebhookWorld, type WebhookWorld } from './webhook-world.ts'

const document = readFileSync(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8')
const blocks = (language: string) =>
  [...document.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  )
const [begin = '', again = '', rotate = ''] = blocks('sh')
const [example = ''] = blocks('js')

describe('docs/webhooks.md', () => {
  let world: WebhookWorld
  let run: (text: string) => Promise<string[]>
  let reach = { url: '', apiKey: '' }
  const url = { at: '', id: '' }
  beforeAll(async () => {
    world = await openWebhookWorld()
    await world.deliver()
    const { authorization } = await world.world.keyOf('acme')
    reach = { url: world.world.producer.url, apiKey: authorization.slice('Bearer '.length) }
    run = async (text) => {
      const told: string[] = []
      for (const line of text.trim().split('\n')) {
        const words = line.replace('https://shop.example.com', url.at).replace('webhook_…', url.id).split(' ')
        const { code, stderr, stdout } = await restyle(reach, '/', ...words.slice(1))
        if (words[0] !== 'restyle' || code !== 0 || stderr !== '')
          throw new Error(`${line}: ${code} ${stderr}`)
        told.push(stdout)
      }
      return told
    }
  })
  afterAll(() => world.stop())

  it('shows a receiver that verifies what comes, and commands that do what they say', async () => {
    const port = await freePort()
    url.at = `http://127.0.0.1:${port}`
    const [add = '', ...others] = begin.trim().split('\n')
    const [added = ''] = await run(add)
    const [, id = '', secret = ''] = /webhook (webhook_\w+) added\n {2}secret: (whsec_\S+)/.exec(added) ?? []
    url.id = id
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', example.replace('3000', String(port))],
      {
        cwd: fileURLToPath(new URL('../../', import.meta.url)),
        env: { RESTYLE_WEBHOOK_SECRET: secret },
      },
    )
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    try {
      await world.until(() =>
        fetch(url.at).then(
          () => true,
          () => false,
        ),
      )
      // whoever does not sign is refused
      expect((await fetch(url.at, { method: 'POST', body: '{}' })).status).toBe(400)
      const [tested] = await run(others.join('\n'))
      expect(tested).toMatch(/delivered, status 204 after \d+ ms/)
      expect(said).toContain(`restyle.webhook.test ${id}`)
      const [enabled, replayed] = await run(again)
      expect(enabled).toContain(`${id}: enabled`)
      expect(replayed).toContain('has skipped nothing')
      const [rotated = ''] = await run(rotate)
      expect(rotated).toMatch(/the old one signs, too, until .*\n {2}secret: whsec_/)
      // the receiver has the old one
      expect((await run(others[0] ?? ''))[0]).toContain('status 204')
    } finally {
      child.kill()
      await once(child, 'exit')
    }
  })

  it('names commands that refuse to do nothing, and nothing by two names', async () => {
    for (const words of ['set webhook_x', 'replay webhook_x', 'replay webhook_x --skipped --since 1h'])
      expect([words, (await restyle(reach, '/', 'webhook', ...words.split(' '))).code]).toEqual([words, 2])
    const unknown = await restyle(reach, '/', 'webhook', 'show', 'webhook_00000000000000000000000000')
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no such webhook.')])
  })

  it('has the waits of the schedule as the code has them', () => {
    const text = (ms: number) =>
      ms < 60_000 ? `${ms / 1_000} s` : ms < 3600_000 ? `${ms / 60_000} min` : `${ms / 3600_000} h`
    const [, ...waits] = waitsMs.map(text)
    expect(document).toContain(`${waits.slice(0, -1).join(', ')} and ${waits.at(-1)}`)
  })
})
