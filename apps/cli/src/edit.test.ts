import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { editOf, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

describe('restyle edit', () => {
  it('uploads, waits and prints the keys of the images', async () => {
    await world.draw('mug.png')
    world.answer = ({ method }, response) => {
      if (method === 'HEAD') response.writeHead(404)
      if (method === 'PUT') return { image: 'sha256:x' }
      return method === 'POST' ? editOf({ state: 'queued', images: [] }) : editOf({})
    }
    const { exitCode, stdout } = await world.restyle([
      'edit',
      'mug.png',
      '-p',
      'on {{white}}',
      '--seed',
      '7',
      '--priority',
      '1',
    ])
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'shop/batch_1/mug/0.png\n' })
    const picture = await readFile(join(world.folder, 'mug.png'))
    expect(JSON.parse(String(world.seen[2]?.body))).toEqual({
      model: 'wan2.5-i2i-preview',
      n: 1,
      seed: 7,
      prompt: 'on {{white}}',
      images: [`sha256:${createHash('sha256').update(picture).digest('hex')}`],
      priority: 1,
    })
  })

  it('says why it failed and what to do', async () => {
    const failure = { code: 'IPInfringementSuspect', message: 'a logo' }
    world.answer = () => editOf({ state: 'failed', images: [], failure })
    const { exitCode, stderr } = await world.restyle(['edit', 'https://example.com/a.png', '-p', 'x'])
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      'edit_1 failed with IPInfringementSuspect: a logo\n  what to do: Use another source image or prompt.\n',
    )
  })

  it('refuses a file that does not exist before it sends anything', async () => {
    const { exitCode, stderr } = await world.restyle(['edit', 'mug.png', '-p', 'x'])
    expect({ exitCode, stderr, seen: world.seen }).toEqual({
      exitCode: 2,
      stderr: 'picture: mug.png does not exist\n',
      seen: [],
    })
  })
})
