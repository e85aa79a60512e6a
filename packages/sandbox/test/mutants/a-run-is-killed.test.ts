import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env as own } from 'node:process'
import { mutants } from '../../src/mutants/mutants.ts'
import { until } from '../stories/story.ts'

const root = join(import.meta.dirname, '../../../..')
const program = join(root, 'packages/sandbox/src/cli/mutants.ts')
const name = 'copy-again-never-hurries'
const { file = '', find = '' } = mutants.find((mutant) => mutant.name === name) ?? {}

describe('pnpm mutants', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'restyle-killed-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }))

  const start = (...flags: string[]) =>
    spawn(process.execPath, [program, ...flags], {
      env: { PATH: own['PATH'], TMPDIR: dir, CI: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  /** A file of the copy in which mutants are tried. */
  const inCopy = async (path: string) => {
    const copy = (await readdir(dir)).find((name) => name.startsWith('restyle-mutants-'))
    return copy === undefined ? undefined : readFile(join(dir, copy, path), 'utf8').catch(() => undefined)
  }

  /** Kills a run while its mutant is in place, and gives how it left. */
  async function kill(signal: NodeJS.Signals): Promise<unknown> {
    const child = start('--only', name, '--jobs', '1')
    const exited = once(child, 'exit')
    // a checkout is copied first
    await until(async () => !((await inCopy(file)) ?? find).includes(find), 90_000)
    // its test has begun: jest makes a folder for what it has compiled
    await until(async () => (await readdir(dir)).some((entry) => entry.startsWith('jest')))
    expect(readFileSync(join(root, file), 'utf8')).toContain(find)
    child.kill(signal)
    const how: unknown = await exited
    expect(readFileSync(join(root, file), 'utf8')).toContain(find)
    return how
  }

  it('leaves the checkout as it is when it is killed', async () => {
    expect(await kill('SIGKILL')).toEqual([null, 'SIGKILL'])
    // nobody is left to stop its test, which ends by itself
    await until(async () => (await inCopy('report.json')) !== undefined)
  }, 150_000)

  it('takes its copy with it when it is stopped', async () => {
    expect(await kill('SIGTERM')).toEqual([1, null])
    expect(await inCopy(file)).toBeUndefined()
  }, 150_000)

  it('fails where no mutant is chosen', async () => {
    expect(await once(start('--only', 'no-such-mutant'), 'exit')).toEqual([1, null])
  })
})
