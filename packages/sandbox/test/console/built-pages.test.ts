import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openProducer, type World } from '../producer/open-producer.ts'

describe('the pages of the console', () => {
  let world: World
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'restyle-console-'))
    world = await openProducer({ consoleDir: join(dir, 'dist') })
  })
  afterAll(async () => {
    await world.stop()
    await rm(dir, { recursive: true })
  })

  const ask = (url: string, headers: Record<string, string> = {}) =>
    world.producer.app.inject({ url, headers })

  it('say how to build them, where they are not built', async () => {
    const answer = await ask('/console', { accept: 'text/html,*/*' })
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8'])
    expect(answer.body).toContain('pnpm console:build')
    expect((await ask('/console')).json()).toMatchObject({ code: 'unavailable' })
  })

  it('are one page at every address, which may load nothing from elsewhere', async () => {
    await mkdir(join(dir, 'dist/assets'), { recursive: true })
    await writeFile(join(dir, 'dist/index.html'), '<title>Restyle</title>')
    await writeFile(join(dir, 'dist/assets/index-1a2b.js'), `const long = '${'x'.repeat(5_000)}'`)
    await writeFile(join(dir, 'dist/icon.svg'), '<svg/>')
    await writeFile(join(dir, 'secret'), 'not served')
    for (const url of [
      '/console',
      '/console/',
      '/console/batches/batch_1?row=4',
      '/console/a.b/c',
      '/console/assetsx',
    ]) {
      const answer = await ask(url)
      expect([url, answer.statusCode, answer.body]).toEqual([url, 200, '<title>Restyle</title>'])
      expect(answer.headers).toMatchObject({
        'content-type': expect.stringMatching(/^text\/html/),
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringMatching(
          /default-src 'self'.*object-src 'none'.*frame-ancestors 'none'/,
        ),
        'referrer-policy': 'same-origin',
      })
      expect(String(answer.headers['content-security-policy'])).not.toMatch(/unsafe|\*|https?:/)
    }
  })

  it('keep what their names say is the same, and nothing else', async () => {
    const script = await ask('/console/assets/index-1a2b.js', { 'accept-encoding': 'gzip' })
    expect(script.headers).toMatchObject({
      'content-type': expect.stringMatching(/javascript/),
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'gzip',
    })
    expect((await ask('/console/icon.svg')).headers).toMatchObject({
      'content-type': expect.stringMatching(/^image\/svg/),
      'cache-control': 'no-cache',
    })
  })

  it('give no file that is not theirs', async () => {
    for (const url of [
      '/console/assets/none.js',
      '/console/assets/../../secret',
      '/console/assets/%2e%2e/%2e%2e/secret',
      '/console/assets/..%2f..%2fsecret',
      '/console/none.svg',
    ]) {
      const answer = await ask(url)
      // an address that leads up may be one of a page
      expect([url, answer.body]).toEqual([url, expect.not.stringContaining('not served')])
      expect([200, 400, 404]).toContain(answer.statusCode)
    }
  })
})
