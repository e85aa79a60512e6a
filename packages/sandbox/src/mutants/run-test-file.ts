import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fateOf } from './fate-of.ts'
import type { Fate } from './mutant.ts'

/** One test file of the copy in `dir`, of which only the tests with `titled` in their titles, for at most `ms`. */
export type TestFile = {
  dir: string
  test: string
  titled: string | undefined
  ms: number
  signal: AbortSignal
}

const nodeFlags = ['--disable-warning=ExperimentalWarning']

/**
 * Runs it in a process of its own. Without `--bail`: with it jest leaves after the first of several files and writes no
 * report. With `--forceExit`: a test that fails may leave something running, and jest would wait for it.
 */
export async function runTestFile({ dir, test, titled, ms, signal }: TestFile): Promise<Fate> {
  const report = join(dir, 'report.json')
  await rm(report, { force: true })
  if (signal.aborted) return { kind: 'cutShort', detail: 'the run was stopped' }
  const jest = [
    'node_modules/jest/bin/jest.js',
    '--runInBand',
    '--forceExit',
    '--json',
    `--outputFile=${report}`,
  ]
  const only = titled === undefined ? [] : [`--testNamePattern=${literally(titled)}`]
  const child = spawn(process.execPath, [...nodeFlags, ...jest, ...only, '--runTestsByPath', test], {
    cwd: dir,
    stdio: 'ignore',
    // a group of its own: what a test leaves running goes with it
    detached: true,
  })
  const stop = (): void => killGroup(child.pid)
  const timer = setTimeout(stop, Math.max(1, ms))
  signal.addEventListener('abort', stop)
  const { promise: left, resolve, reject } = Promise.withResolvers<string>()
  child.once('exit', (code, by) => resolve(by ?? `code ${code}`))
  child.once('error', reject)
  const how = await left
  stop()
  clearTimeout(timer)
  signal.removeEventListener('abort', stop)
  const text = await readFile(report, 'utf8').catch(() => undefined)
  if (text !== undefined) return fateOf(JSON.parse(text))
  if (how === 'SIGKILL')
    return { kind: 'timedOut', detail: `no report of ${test} within ${Math.round(ms / 1000)} s` }
  return { kind: 'broken', detail: `jest left with ${how} and without a report of ${test}` }
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL')
  } catch {
    // nobody is left of it
  }
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
