import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileCache } from './runner/compile-cache.ts'
import { env as own, kill } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createClient } from '@restyle/client/client'
import { type DashScopeSimulator, startDashScope } from '../src/dashscope/start-dashscope.ts'
import { startWorld } from '../src/world/start-world.ts'
import { at, caller } from './dashscope/talk.ts'
import { until } from './stories/story.ts'

const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const program = file('packages/sandbox/src/cli/start.ts')

function killGroup(pid: number): void {
  try {
    kill(-pid, 'SIGKILL')
  } catch {
    // all of them have ended
  }
}

describe('npm start', () => {
  let vendor: DashScopeSimulator
  let env: NodeJS.ProcessEnv
  /** Processes that a test started together. */
  let group: number | undefined
  beforeEach(async () => {
    vendor = await startDashScope()
    const RESTYLE_DIR = await mkdtemp(join(tmpdir(), 'restyle-start-'))
    env = { ...compileCache, PATH: own['PATH'], RESTYLE_DIR, PORT: '0', S3_PORT: '0', REDIS_PORT: '0' }
  })
  afterEach(async () => {
    // what did not end as it should would go on for ever, and the test run with it
    if (group !== undefined) killGroup(group)
    group = undefined
    await vendor.stop()
    await rm(env['RESTYLE_DIR'] ?? '', { recursive: true })
  })

  it('says at once that the key is refused, and leaves no key behind when it stops', async () => {
    const wrong = { ...env, DASHSCOPE_API_KEY: 'sk-wrong', DASHSCOPE_BASE_URL: vendor.url }
    const child = spawn(process.execPath, [program], { env: wrong, stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    let said = ''
    for await (const chunk of child.stdout) {
      said += String(chunk)
      if (!said.includes('Ctrl-C stops it') || child.killed) continue
      expect(existsSync(join(env['RESTYLE_DIR'] ?? '', 'worker.env'))).toBe(true)
      child.kill('SIGTERM')
    }
    expect(await exited).toEqual([0, null])
    expect(said).toMatch(/^STOP {2}lane default: InvalidApiKey/m)
    expect(existsSync(join(env['RESTYLE_DIR'] ?? '', 'worker.env'))).toBe(false)
  })

  it('ends with the npm that started it, and its Redis with it, although no signal is passed on', async () => {
    const script = 'sh -c \'"$0" "$1"; :\' "$0" "$1"; :'
    const npm = spawn('sh', ['-c', script, process.execPath, program], {
      argv0: 'npm start',
      env: { ...env, DASHSCOPE_PORT: '0', npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    group = npm.pid
    let said = ''
    // ends when the last of them that could write is gone
    for await (const chunk of npm.stdout) {
      said += String(chunk)
      if (said.includes('Ctrl-C stops it')) npm.kill('SIGTERM')
    }
    expect(said).toContain('stopping…')
    expect(existsSync(join(env['RESTYLE_DIR'] ?? '', 'worker.env'))).toBe(false)
    const file = join(env['RESTYLE_DIR'] ?? '', 'redis', 'redis.pid')
    // Redis takes its file away when it ends
    expect(await readFile(file, 'utf8').catch(() => 'ended')).toBe('ended')
  })

  it('ends as well when its terminal is closed, and leaves no key behind', async () => {
    const child = spawn(process.execPath, [program], {
      env: { ...env, DASHSCOPE_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    for await (const chunk of child.stdout) if (String(chunk).includes('Ctrl-C')) child.kill('SIGHUP')
    expect(await exited).toEqual([0, null])
    expect(existsSync(join(env['RESTYLE_DIR'] ?? '', 'worker.env'))).toBe(false)
  })

  it('stores the results and the report of a batch that has ended, as restyle report expects', async () => {
    const child = spawn(process.execPath, [program], {
      env: { ...env, DASHSCOPE_PORT: '0', RESTYLE_SPEED: '200' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const chunk of child.stdout) {
      if (!String(chunk).includes('Ctrl-C')) continue
      const text = await readFile(join(env['RESTYLE_DIR'] ?? '', 'credentials.json'), 'utf8')
      const client = createClient(JSON.parse(text) as { url: string; key: string })
      const { id } = await client.batches.create({
        edits: [{ prompt: 'x', images: ['https://example.com/1.png'] }],
      })
      await until(async () => (await client.batches.files(id)).state === 'stored')
      expect(await client.batches.files(id)).toMatchObject({ report: [{ name: 'report.html' }] })
      child.kill('SIGTERM')
    }
  })

  it('takes over no key that others may have written', async () => {
    const credentials = join(env['RESTYLE_DIR'] ?? '', 'credentials.json')
    await writeFile(credentials, '{"url":"http://127.0.0.1:1","key":"rk_local_known"}')
    await chmod(credentials, 0o666)
    const child = spawn(process.execPath, [program], {
      env: { ...env, DASHSCOPE_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const chunk of child.stdout) if (String(chunk).includes('Ctrl-C')) child.kill('SIGTERM')
    expect(await readFile(credentials, 'utf8')).not.toContain('rk_local_known')
  })

  it.each(['PORT', 'S3_PORT', 'REDIS_PORT', 'DASHSCOPE_PORT'])(
    'names %s where that port is taken',
    async (name) => {
      const { port } = new URL(vendor.url)
      const taken = promisify(execFile)(process.execPath, [program], { env: { ...env, [name]: port } })
      await expect(taken).rejects.toMatchObject({
        code: 2,
        stderr: `restyle did not start: port ${port} is taken by another program: end it, or set ${name} to a free one\n`,
      })
    },
  )

  it('says what is expected of a setting, without a stack', () =>
    expect(
      promisify(execFile)(process.execPath, [program], { env: { ...env, PORT: 'abc', RESTYLE_SPEED: '-1' } }),
    ).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^the environment does not fit:\n {2}PORT: must be a whole number from 0 to 65535\n {2}RESTYLE_SPEED: must be a number above 0.*\n$/,
      ) as string,
    }))
})

describe('the world that it starts', () => {
  it('has addresses of images that live for a day, as the alarm for dying ones expects', async () => {
    const world = await startWorld({ speed: 20, workers: 0, dashscope: { durations: 0 } })
    try {
      const { edit, done } = caller(world.dashscope)
      const url = String(at(await done(await edit()), 'output.results.0.url'))
      const ends = Number(new URL(url).searchParams.get('Expires')) * 1000
      expect((ends - Date.now()) / 3600_000).toBeCloseTo(24, 0)
    } finally {
      await world.stop()
    }
  })
})

describe('rebuild', () => {
  it('is refused for more days than a record lives', () =>
    expect(
      promisify(execFile)(process.execPath, [file('apps/worker/src/admin.ts'), 'rebuild', '--days', '31'], {
        env: { S3_BUCKET: 'none', DASHSCOPE_API_KEY: 'sk-none' },
      }),
    ).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--days must be a number from 1 to 30') as string,
    }))
})
