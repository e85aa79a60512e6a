import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Io } from './io.ts'
import { Stop, type ExitCode } from './stop.ts'

/** The worker's own commands: a program beside this one, since they see Redis, the bucket and the vendor's keys. */
const command = join(import.meta.dirname, '../../../worker/src/admin.ts')

/** What `npm start` leaves for them, here or in the nearest folder above; the process's own environment goes first. */
export function workerEnvIn(folder: string): string | undefined {
  const file = join(folder, '.restyle', 'worker.env')
  if (existsSync(file)) return file
  return dirname(folder) === folder ? undefined : workerEnvIn(dirname(folder))
}

/** Runs `doctor` or `rebuild` with the environment of a worker, and hands on what it prints and its exit code. */
export async function besideTheWorker(argv: readonly string[], io: Io): Promise<ExitCode> {
  if (!existsSync(command))
    throw new Stop('input', [
      `restyle ${argv[0]} runs where the worker is installed, and it is not installed here`,
    ])
  const file = io.env['S3_BUCKET'] === undefined ? workerEnvIn(io.cwd) : undefined
  const from = file === undefined ? [] : [`--env-file=${file}`]
  const child = spawn(process.execPath, [...from, command, ...argv], {
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
