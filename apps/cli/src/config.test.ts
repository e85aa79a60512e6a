import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderOf, readConfig } from './config.ts'
import { workerEnvIn } from './worker-env.ts'

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
    expect(await readConfig({}, {}, deep)).toEqual({
      url: 'http://127.0.0.1:9000',
      key: 'rk_file_secret',
      from: join(root, '.restyle', 'credentials.json'),
    }))

  it('is read from the flags, else the environment, else the file', async () => {
    const env = { RESTYLE_URL: 'https://env.example/x/', RESTYLE_API_KEY: 'rk_env_secret' }
    expect(await readConfig({}, env, deep)).toEqual({ url: 'https://env.example/x', key: 'rk_env_secret' })
    const options = { url: 'http://option.example', key: 'rk_option_secret' }
    expect(await readConfig(options, env, deep)).toEqual(options)
    expect(await readConfig({ key: 'rk_o' }, {}, deep)).toMatchObject({
      url: 'http://127.0.0.1:9000',
      key: 'rk_o',
    })
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
    expect(await workerEnvIn(deep)).toBeUndefined()
    await writeFile(join(root, '.restyle', 'worker.env'), "S3_BUCKET='restyle'\n")
    expect(await workerEnvIn(deep)).toEqual({ env: { S3_BUCKET: 'restyle' }, ignored: [] })
  })
})

describe('a .restyle folder that is not ours', () => {
  const anyone = /^others may write .*, so .*(credentials\.json|worker\.env) is not read/

  it.each(['credentials.json', 'worker.env'])('with a %s that others may write is refused', async (name) => {
    const file = join(root, '.restyle', name)
    await writeFile(file, '{"url":"http://127.0.0.1:9000/","key":"rk_x"}')
    await chmod(file, 0o666)
    const read = name === 'worker.env' ? workerEnvIn(deep) : readConfig({}, {}, deep)
    await expect(read).rejects.toThrow(anyone)
    await chmod(file, 0o600)
    await chmod(join(root, '.restyle'), 0o777)
    await expect(name === 'worker.env' ? workerEnvIn(deep) : readConfig({}, {}, deep)).rejects.toThrow(anyone)
    await chmod(join(root, '.restyle'), 0o755)
  })

  it('of another user is refused', async () => {
    await expect(readConfig({}, {}, deep, 4_242)).rejects.toThrow(/\.restyle belongs to another user, so /)
    await writeFile(join(root, '.restyle', 'worker.env'), '')
    await expect(workerEnvIn(deep, 4_242)).rejects.toThrow(/\.restyle belongs to another user, so /)
  })

  it('gets no key that was meant for another address', async () => {
    await credentials('{"url":"https://other.example","key":"rk_file_secret"}')
    const env = { RESTYLE_API_KEY: 'rk_env_secret' }
    await expect(readConfig({}, env, deep)).rejects.toThrow(
      /^only .*credentials\.json names https:\/\/other\.example, and your key was not made for that file/,
    )
    expect(await readConfig({ url: 'https://other.example' }, env, deep)).toMatchObject({
      key: 'rk_env_secret',
    })
  })

  it("sets nothing but a worker's own variables", async () => {
    const lines = [
      'NODE_OPTIONS="--import=/tmp/evil.mjs"',
      "export S3_BUCKET='re#style' # a comment",
      'LD_PRELOAD=/tmp/evil.so',
      'HTTPS_PROXY=http://evil.example',
      'AWS_CONFIG_FILE=/tmp/evil',
      'RESTYLE_LANES=`[{"name":"a"}]`',
    ]
    await writeFile(join(root, '.restyle', 'worker.env'), `\uFEFF${lines.join('\r\n')}\n`)
    expect(await workerEnvIn(deep)).toEqual({
      env: { S3_BUCKET: 're#style', RESTYLE_LANES: '[{"name":"a"}]' },
      ignored: expect.arrayContaining([
        'NODE_OPTIONS',
        'LD_PRELOAD',
        'HTTPS_PROXY',
        'AWS_CONFIG_FILE',
      ]) as string[],
    })
  })
})
