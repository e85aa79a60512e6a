import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Io } from './io.ts'
import { printLines } from './show/print.ts'
import { Stop, type ExitCode } from './stop.ts'
import { workerEnvIn } from './worker-env.ts'

/** The worker's own commands: a program of its own, since they need Redis, the bucket and the vendor's keys. */
const program = join(import.meta.dirname, '../../worker/src/admin.ts')

/** Runs `doctor` or `rebuild` with the environment of a worker; its output and its exit code are passed on. */
export async function workerCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  if (!existsSync(program))
    throw new Stop('input', [`restyle ${argv[0]} needs the worker, which is not installed on this machine`])
  // the environment of this process goes before the file
  const file = io.env['S3_BUCKET'] === undefined ? await workerEnvIn(io.cwd) : undefined
  if (file !== undefined && file.ignored.length > 0)
    printLines(io.stderr, `worker.env: ${file.ignored.join(', ')} is not read: no variable of a worker`)
  const child = spawn(process.execPath, [program, ...argv], {
    cwd: io.cwd,
    env: { ...file?.env, ...io.env },
    signal: io.signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.pipe(io.stdout, { end: false })
  child.stderr.pipe(io.stderr, { end: false })
  const [code] = (await once(child, 'close')) as [number | null]
  return code === 0 ? 0 : code === 2 ? 2 : 1
}
