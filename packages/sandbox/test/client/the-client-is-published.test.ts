import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { Webhook } from 'standardwebhooks'
import { startWorld, type World } from '../../src/world/start-world.ts'
import { bringRuntimes, runtimes } from './bring-runtimes.ts'
import { installPacked, openProject } from './published.ts'

const readme = readFileSync(new URL('../../../client/README.md', import.meta.url), 'utf8')
const examples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
const names = ['edit', 'batch', 'group', 'follow', 'webhook', 'refusal'] as const

/** The lines of the first example that make the client, for those that go on with it. */
const opening = (examples[0] ?? '')
  .split('\n')
  .filter((line) => line.includes('createClient'))
  .join('\n')

let world: World
let project: Awaited<ReturnType<typeof openProject>>
let secret: string
let unfit: string

beforeAll(async () => {
  await bringRuntimes()
  ;[world, project] = await Promise.all([startWorld({ speed: 200 }), openProject(installPacked)])
  secret = `whsec_${randomBytes(32).toString('base64')}`
  const picture = sharp({ create: { width: 512, height: 512, channels: 3, background: '#c84' } })
  await project.write('lamp.png', await picture.png().toBuffer())
  for (const [i, name] of names.entries()) {
    const example = examples[i] ?? ''
    const whole = example.includes('createClient(') ? example : `${opening}\n${example}`
    const own = whole
      .replace('http://127.0.0.1:8080', world.url)
      .replace('rk_…', world.apiKey)
      .replace('whsec_…', secret)
    await project.write(`${name}.ts`, own)
  }
  const body = JSON.stringify({ id: 'edit_1-succeeded', type: 'restyle.edit.succeeded' })
  const at = new Date()
  const headers = {
    'webhook-id': 'edit_1-succeeded',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('edit_1-succeeded', at, body),
  }
  await project.write(
    'receive.ts',
    `import { POST } from './webhook.js'
const sent = ${JSON.stringify({ method: 'POST', headers, body })}
const forged = { ...sent, body: sent.body + ' ' }
console.log((await POST(new Request('http://localhost/hook', sent))).status)
console.log(await POST(new Request('http://localhost/hook', forged)).catch((error) => error.code))
`,
  )
  unfit = await project.compile()
}, 240_000)
afterAll(async () => {
  await project.remove()
  await world.stop()
})

it('has six examples, which fit its types', () => {
  expect(examples).toHaveLength(names.length)
  expect(unfit).toBe('')
})

it('is plain JavaScript on nothing but fetch', async () => {
  const files = globSync('dist/**/*.js', { cwd: project.own })
  expect(files.length).toBeGreaterThan(20)
  for (const file of files) {
    const text = await readFile(join(project.own, file), 'utf8')
    const imports = [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, name]) => name)
    for (const name of imports)
      expect(name === 'eventsource-parser' || /^\.\/[\w-]+\.js$/.test(name ?? '')).toBe(true)
  }
  expect(globSync('**/*.{ts,json,md}', { cwd: project.own }).filter((file) => file.includes('test'))).toEqual(
    [],
  )
})

describe.each(Object.entries(runtimes))('on %s', (_name, program) => {
  const run = (name: string) => project.run(program, `${name}.js`)

  it('asks for an edit, waits for it and gets links', async () => {
    expect(await run('edit')).toMatch(/^succeeded \[\s*'?"?http/)
  })

  it('uploads a picture, streams rows and reads their results', async () => {
    const lines = (await run('batch')).trim().split('\n')
    expect(lines[0]).toBe('3 of 3')
    expect(lines.slice(1).map((line) => line.replace(/http\S+$/, 'url'))).toEqual([
      'red succeeded url',
      'green succeeded url',
      'blue succeeded url',
    ])
  })

  it('takes the events of a group, and follows the stream', async () => {
    expect(await run('follow')).toMatch(/-completed\n$/)
    expect(await run('group')).toMatch(/^(red|green|blue|1) \S+\n/m)
    // what it left by a break is not acknowledged, and nothing else
    expect(await world.ledger.eventGroups.read({ producer: 'local', name: 'warehouse' })).toMatchObject({
      visibleMs: 120_000,
    })
    await world.ledger.eventGroups.remove({ producer: 'local', name: 'warehouse' })
  })

  it('trusts a webhook of its own producer alone, and tells refusals', async () => {
    expect(await run('receive')).toBe('edit_1-succeeded restyle.edit.succeeded\n204\nbad-webhook\n')
    expect(await run('refusal')).toMatch(/^invalid-request 422 /)
  })
})
