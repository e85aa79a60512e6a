import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import { setTimeout } from 'node:timers/promises'
import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import { CatalogChanged } from '@restyle/manifest/plan-edits'
import { CommanderError } from 'commander'
import { folderOf, processEnv, readConfig } from './config.ts'
import type { Io } from './io.ts'
import { openClient, openImpatientClient } from './open-client.ts'
import { createProgram } from './program.ts'
import { errorLines } from './show/error-lines.ts'
import { printLines } from './show/print.ts'
import { Stop, type ExitCode } from './stop.ts'

/** The command `restyle`; `argv` without the names of Node and the script. Throws only on a bug. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let client: Client | undefined
  let exitCode: ExitCode = 0
  const end = async (code: Promise<ExitCode>) => {
    exitCode = await code
  }
  const opened = async () => {
    client ??= openClient(await readConfig(program.opts(), io.env, io.cwd), io)
    return client
  }
  // a file that was found on the way may name an address that its user does not know
  const openedToSend = async () => {
    const config = await readConfig(program.opts(), io.env, io.cwd)
    if (config.from !== undefined)
      printLines(io.stderr, `sending to ${config.url}, the address in ${config.from}`)
    client = openClient(config, io)
    return client
  }
  const openedToLook = async () => {
    client = openImpatientClient(await readConfig(program.opts(), io.env, io.cwd), io)
    return client
  }
  const program = createProgram({ io, end, opened, openedToSend, openedToLook })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeOf(error, io, client?.url ?? '')
  }
}

/** Prints what the user needs to know of an error. */
function exitCodeOf(error: unknown, io: Io, url: string): ExitCode {
  // commander has printed its line already; a request for help or the version is not an error
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof Stop) {
    printLines(io.stderr, ...error.lines)
    return error.exitCode
  }
  if (error instanceof CatalogChanged) {
    printLines(io.stderr, error.message)
    return 2
  }
  if (error instanceof ApiError) {
    printLines(io.stderr, ...errorLines(error, url))
    return error.faults.length > 0 ? 2 : 1
  }
  if (io.signal.aborted) return 130
  throw error
}

/** Asks on the terminal itself: standard output may be a pipe. Ctrl-C ends the question as it ends everything. */
function askAt(signal: AbortSignal) {
  return async (question: string): Promise<string> => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    // the terminal takes Ctrl-C for itself while it asks
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    try {
      return await terminal.question(question, { signal })
    } finally {
      terminal.close()
    }
  }
}

if (import.meta.main) {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  // `restyle events | head` closes the pipe: then there is nothing left to do
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
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask: askAt(stop.signal) } : {}),
  })
}
