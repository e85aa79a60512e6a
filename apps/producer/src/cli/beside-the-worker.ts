import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Io } from './io.ts'
import { Stop, type ExitCode } from './stop.ts'

/** The worker's own commands: a program beside this one, since they see Redis, the bucket and the vendor's keys. */
const command = join(import.meta.dirname, '../../../worker/src/command.ts')

/** What `npm start` leaves for them; the process's own environment goes first. */
const envFile = join('.restyle', 'worker.env')

/** Runs `doctor` or `rebuild` with the environment of a worker, and hands on what it prints and its exit code. */
export async function besideTheWorker(argv: readonly string[], io: Io): Promise<ExitCode> {
  if (!existsSync(command))
    throw new Stop('input', [
      `restyle ${argv[0]} runs where the worker is installed, and it is not installed here`,
    ])
  const file = join(io.cwd, envFile)
  const from = io.env['S3_BUCKET'] === undefined && existsSync(file) ? [`--env-file=${file}`] : []
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
