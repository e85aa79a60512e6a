import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { OwnOptions } from '@restyle/manifest/own-options'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { z } from 'zod'
import { openProducer, type World } from './open-producer.ts'

const client = join(import.meta.dirname, '../../../client')

/** What to do when one of these fails is the title of the test. */
describe('after a change of the API: pnpm client:types', () => {
  let world: World
  beforeAll(async () => {
    world = await openProducer()
  })
  afterAll(() => world.stop())

  it("the client's openapi.json is what a producer serves", async () => {
    const committed: unknown = JSON.parse(await readFile(join(client, 'openapi.json'), 'utf8'))
    expect(committed).toEqual((await world.producer.app.inject({ url: '/openapi.json' })).json())
  })

  it("the client's types are what openapi-typescript makes of it", async () => {
    const { scripts } = JSON.parse(await readFile(join(client, 'package.json'), 'utf8')) as {
      scripts: { generate: string }
    }
    const [command = '', ...args] = scripts.generate.split(' ')
    const run = promisify(execFile)(join(client, 'node_modules/.bin', command), [...args, '--check'], {
      cwd: client,
    })
    await expect(run).resolves.toBeDefined()
  })
})

describe('a row of JSON lines', () => {
  it('may ask for all that a request may, but for what makes it a row', () => {
    const { properties: own = {} } = z.toJSONSchema(OwnOptions, { io: 'input' })
    const { properties: request = {} } = z.toJSONSchema(EditRequest, { io: 'input' })
    const { images: _images, key: _key, ...rest } = request
    const plain = (properties: Record<string, unknown>) =>
      Object.fromEntries(
        Object.entries(properties).map(([name, schema]) => [
          name,
          { ...(schema as object), default: undefined, description: undefined },
        ]),
      )
    expect(plain(own)).toEqual(plain(rest))
  })
})
