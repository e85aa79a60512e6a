import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { editOf, problem, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

describe('restyle', () => {
  it('says in one line that the key was refused, and never shows it', async () => {
    world.answer = (_seen, response) => {
      response.writeHead(401)
      return problem('unauthorized', 'Send a live key.')
    }
    const { exitCode, stderr } = await world.restyle(['watch', 'batch_1'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `the API key was refused (401): check --key or RESTYLE_API_KEY, and that it is a key of ${world.url}\n`,
    })
  })

  it('says in one line that nobody answers, at once', async () => {
    let waits = 0
    const url = await nobody()
    const { exitCode, stderr } = await world.restyle(['--url', url, 'watch', 'x'], {
      wait: async () => (waits += 1),
    })
    expect({ exitCode, stderr, waits }).toEqual({
      exitCode: 1,
      stderr: `nobody answers at ${url} (ECONNREFUSED): start a producer with npm start, or name another with --url or RESTYLE_URL\n`,
      waits: 0,
    })
  })

  it('says where it sends pictures when a file that it found names the address', async () => {
    await mkdir(join(world.folder, '.restyle'))
    await world.write(join('.restyle', 'credentials.json'), JSON.stringify({ url: world.url, key: 'rk_a_b' }))
    await world.draw('a.png')
    world.answer = ({ method }) => (method === 'HEAD' ? {} : editOf({ state: 'queued' }))
    const { stderr } = await world.restyle(['edit', 'a.png', '-p', 'x', '--no-wait'], { env: {} })
    const file = join(world.folder, '.restyle', 'credentials.json')
    expect(stderr).toBe(`sending to ${world.url}, the address in ${file}\n`)
    expect((await world.restyle(['edit', 'a.png', '-p', 'x', '--no-wait'])).stderr).toBe('')
  })

  it('shows an answer of a stranger as what it is', async () => {
    world.answer = () => ({ hello: 'world' })
    expect((await world.restyle(['watch', 'x'])).stderr).toBe(
      `${world.url} answered GET /v1/batches/x with something unexpected\n`,
    )
  })

  it.each([
    [['--version'], 0],
    [['--help'], 0],
    [['run', '--help'], 0],
    [['paint'], 2],
    [['watch'], 2],
    [['watch', 'x', '--fast'], 2],
  ])('%j ends with %i', async (args, exitCode) => expect((await world.restyle(args)).exitCode).toBe(exitCode))
})

/** An address where nobody listens any more. */
async function nobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return `http://127.0.0.1:${port}`
}
