import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fateOf } from './fate-of.ts'
import type { Fate, Mutant } from './mutant.ts'

/** A copy of the sources in which one mutant after the other is tried; the checkout itself is never written to. */
export type Workbench = {
  /** Puts the mutant in, runs its tests for at most `ms`, and takes it out again. */
  try(mutant: Mutant, ms: number): Promise<Fate>
  close(): Promise<void>
}

const copied = [
  'apps',
  'packages',
  'docs',
  'infra',
  'package.json',
  'jest.config.js',
  'pnpm-workspace.yaml',
  'README.md',
]

/** `root` is the repository's; its node_modules are used as they are. */
export async function openWorkbench(root: string, signal: AbortSignal): Promise<Workbench> {
  const dir = await mkdtemp(join(tmpdir(), 'restyle-mutants-'))
  for (const name of copied)
    await cp(join(root, name), join(dir, name), { recursive: true, verbatimSymlinks: true })
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
  return {
    try: async (mutant, ms) => {
      const path = join(dir, mutant.file)
      const original = await readFile(path, 'utf8')
      const parts = original.split(mutant.find)
      if (parts.length !== 2)
        return {
          kind: 'broken',
          detail: `"${mutant.find}" occurs ${parts.length - 1} times in ${mutant.file}`,
        }
      await writeFile(path, parts.join(mutant.replace))
      try {
        return await runTests(dir, mutant.tests, ms, signal)
      } finally {
        await writeFile(path, original)
      }
    },
    close: () => rm(dir, { recursive: true, force: true }),
  }
}

async function runTests(
  dir: string,
  tests: readonly string[],
  ms: number,
  signal: AbortSignal,
): Promise<Fate> {
  const report = join(dir, 'report.json')
  await rm(report, { force: true })
  const { promise: left, resolve } = Promise.withResolvers<void>()
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
  const jest = ['node_modules/jest/bin/jest.js', '--runInBand', '--bail', '--json', `--outputFile=${report}`]
  const child = spawn(process.execPath, [...flags, ...jest, '--runTestsByPath', ...tests], {
    cwd: dir,
    stdio: 'ignore',
    // a group of its own: what a hanging test started goes with it
    detached: true,
  })
  const stop = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  const timer = setTimeout(stop, ms)
  signal.addEventListener('abort', stop)
  child.once('exit', () => resolve())
  await left
  clearTimeout(timer)
  signal.removeEventListener('abort', stop)
  const text = await readFile(report, 'utf8').catch(() => undefined)
  if (text !== undefined) return fateOf(JSON.parse(text))
  return { kind: 'timedOut', detail: `no report within ${Math.round(ms / 1000)} s` }
}
