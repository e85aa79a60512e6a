import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Io } from './io.ts'
import { Stop, type ExitCode } from './stop.ts'

/** The worker's own commands: a program of its own, since they need Redis, the bucket and the vendor's keys. */
const program = join(import.meta.dirname, '../../worker/src/admin.ts')

/** The environment that `npm start` wrote for them, in this folder or the nearest one above. */
export function workerEnvIn(folder: string): string | undefined {
  const file = join(folder, '.restyle', 'worker.env')
  if (existsSync(file)) return file
  return dirname(folder) === folder ? undefined : workerEnvIn(dirname(folder))
}

/** Runs `doctor` or `rebuild` with the environment of a worker; its output and its exit code are passed on. */
export async function workerCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  if (!existsSync(program))
    throw new Stop('input', [`restyle ${argv[0]} needs the worker, which is not installed on this machine`])
  // the environment of this process goes before the file
  const file = io.env['S3_BUCKET'] === undefined ? workerEnvIn(io.cwd) : undefined
  const from = file === undefined ? [] : [`--env-file=${file}`]
  const child = spawn(process.execPath, [...from, program, ...argv], {
    cwd: io.cwd,
    env: io.env,
    signal: io.signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.pipe(io.stdout, { end: false })
  child.stderr.pipe(io.stderr, { end: false })
  const [code] = (await once(child, 'close')) as [number | null]
  return code === 0 ? 0 : code === 2 ? 2 : 1
}
