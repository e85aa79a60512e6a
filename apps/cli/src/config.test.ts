import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workerEnvIn } from './worker-command.ts'
import { folderOf, readConfig } from './config.ts'

let root = ''
let deep = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'restyle-config-'))
  deep = join(root, 'a', 'b')
  await mkdir(deep, { recursive: true })
  await mkdir(join(root, '.restyle'))
})
beforeEach(() => credentials('{"url":"http://127.0.0.1:9000/","key":"rk_file_secret"}'))
afterAll(() => rm(root, { recursive: true }))

const credentials = (text: string) => writeFile(join(root, '.restyle', 'credentials.json'), text)

describe('where the producer is', () => {
  it('is found in the credentials of a folder above', async () =>
    expect(await readConfig({}, {}, deep)).toEqual({ url: 'http://127.0.0.1:9000', key: 'rk_file_secret' }))

  it('is read from the flags, else the environment, else the file', async () => {
    const env = { RESTYLE_URL: 'https://env.example/x/', RESTYLE_API_KEY: 'rk_env_secret' }
    expect(await readConfig({}, env, deep)).toEqual({ url: 'https://env.example/x', key: 'rk_env_secret' })
    const options = { url: 'http://option.example', key: 'rk_option_secret' }
    expect(await readConfig(options, env, deep)).toEqual(options)
    expect(await readConfig({ key: 'rk_o' }, {}, deep)).toEqual({ url: 'http://127.0.0.1:9000', key: 'rk_o' })
  })

  it('is sent the key of the file only if the file names it', async () => {
    await expect(readConfig({ url: 'http://other.example' }, {}, deep)).rejects.toThrow(
      'no API key for http://other.example',
    )
    expect(await readConfig({ url: 'http://127.0.0.1:9000' }, {}, deep)).toMatchObject({
      key: 'rk_file_secret',
    })
  })

  it.each([
    [{ url: 'ftp://x', key: 'k' }, "the producer's address must be an http(s) URL, not ftp://x"],
    [{ url: 'http://me:pw@x', key: 'k' }, "the producer's address must not carry a user name or a password"],
    [{ key: 'rk_a b' }, 'the API key has spaces or characters that no key has'],
  ])('is refused when it is %j', (options, message) =>
    expect(readConfig(options, {}, deep)).rejects.toThrow(new Error(message)),
  )

  it('says which file is broken', async () => {
    await credentials('{"url":1')
    await expect(readConfig({}, {}, deep)).rejects.toThrow(/credentials\.json does not hold/)
  })
})

describe('where the user is', () => {
  it('is where npm or pnpm was run, not where the script runs', () => {
    expect(folderOf({ INIT_CWD: '/photos' }, '/app')).toBe('/photos')
    expect(folderOf({}, '/app')).toBe('/app')
  })

  it("decides which worker's environment is found: the nearest one above", async () => {
    expect(workerEnvIn(deep)).toBeUndefined()
    const file = join(root, '.restyle', 'worker.env')
    await writeFile(file, '')
    expect(workerEnvIn(deep)).toBe(file)
  })
})
