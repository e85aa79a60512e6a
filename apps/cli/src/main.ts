import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { CommanderError } from 'commander'
import { openApi, type Api } from './api/api.ts'
import { besideTheWorker } from './beside-the-worker.ts'
import { folderOf, processEnv, readConfig } from './config.ts'
import { edit } from './edit.ts'
import { events } from './events.ts'
import type { Io } from './io.ts'
import { createProgram } from './program.ts'
import { results } from './results.ts'
import { decide, review } from './review.ts'
import { run } from './run.ts'
import { say } from './show/say.ts'
import { Stop, type ExitCode } from './stop.ts'
import { watch } from './watch.ts'

/** The command `restyle`; `argv` without the names of Node and the script. Throws only on a bug. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let api: Api | undefined
  let exitCode: ExitCode = 0
  const end = async (code: Promise<ExitCode>) => {
    exitCode = await code
  }
  const opened = async () => {
    api ??= openApi(await readConfig(program.opts(), io.env, io.cwd), io)
    return api
  }
  const program = createProgram(io, {
    run: (catalog, options) => end(run(catalog, options, opened, io)),
    edit: (pictures, options) => end(edit(pictures, options, opened, io)),
    watch: async (batch, options) => end(watch(batch, options, await opened(), io)),
    results: (batch, options) => end(results(batch, options, opened, io)),
    events: async (options) => end(events(options, await opened(), io)),
    review: async (options) => end(review(options, await opened(), io)),
    besideTheWorker: (words) => end(besideTheWorker(words, io)),
    decide: async (id, resolution, options) => end(decide(id, resolution, options, await opened(), io)),
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    return codeOf(error, io)
  } finally {
    await api?.close()
  }
}

function codeOf(error: unknown, io: Io): ExitCode {
  // commander has said its line by itself; asking for help or the version is no error
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof Stop) {
    say(io.stderr, ...error.lines)
    return error.exitCode
  }
  if (io.signal.aborted) return 130
  throw error
}

if (import.meta.main) {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  // `restyle events | head` closes the pipe: nothing is left to do then
  process.stdout.on('error', () => stop.abort())
  const env = processEnv()
  process.exitCode = await main(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: folderOf(env, process.cwd()),
    env,
    signal: stop.signal,
    now: Date.now,
    wait: (ms, signal) => setTimeout(ms, undefined, { signal }),
    newId: randomUUID,
  })
}
