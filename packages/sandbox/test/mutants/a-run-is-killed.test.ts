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
const mutant = mutants.find(({ name }) => name === 'copy-again-never-hurries')

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

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'has its mutant in a copy only, and leaves the checkout as it is on %s',
    async (signal) => {
      const { file = '', find = '', name = '' } = mutant ?? {}
      const before = readFileSync(join(root, file), 'utf8')
      const child = start('--only', name, '--jobs', '1')
      const exited = once(child, 'exit')
      await until(async () => ((await inCopy(file)) ?? find).includes(find) === false)
      expect(readFileSync(join(root, file), 'utf8')).toBe(before)
      child.kill(signal)
      const [code] = await exited
      expect(readFileSync(join(root, file), 'utf8')).toBe(before)
      // nobody is left to stop its test: it ends by itself
      if (signal === 'SIGKILL') await until(async () => (await inCopy('report.json')) !== undefined)
      // whoever is asked to stop tidies up
      else expect([code, await inCopy(file)]).toEqual([1, undefined])
    },
  )

  it('fails where no mutant is chosen', async () => {
    expect(await once(start('--only', 'no-such-mutant'), 'exit')).toEqual([1, null])
  })
})
