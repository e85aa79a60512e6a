import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a command left behind: `code` is null when it could not be started at all. */
export interface Ran {
  code: number | null
  output: string
}

/** The outside world, as arguments, so that a test needs neither root nor a network. */
export interface Machine {
  platform: NodeJS.Platform
  root: boolean
  run: (command: string, args: string[]) => Promise<Ran>
  say: (line: string) => void
  wait: (ms: number) => Promise<unknown>
}

const OLDEST_MAJOR = 7
const BUSY = /could not get lock|unable to (lock|acquire)/i

/** The command of a Redis ≥ 7.0: found on PATH, else installed. Throws one clear line where neither works. */
export async function findRedis(machine: Machine = thisMachine): Promise<string> {
  for (let attempt = 1, installed: Ran | undefined; ; attempt++) {
    const version = await installedVersion(machine)
    if (version && Number.parseInt(version) >= OLDEST_MAJOR) return 'redis-server'
    if (version) throw new Error(`redis-server ${version} is too old. ${whatToDo(machine)}`)
    // another process may be installing something at this moment, perhaps the very same
    const again = !installed || (BUSY.test(installed.output) && attempt < 90)
    if (!again) throw new Error(`No redis-server on PATH${reason(installed)}. ${whatToDo(machine)}`)
    if (installed) await machine.wait(2_000)
    installed = await install(installed ? { ...machine, say: () => {} } : machine, redis)
  }
}

function reason(installed: Ran | undefined): string {
  const line = installed?.code ? installed.output.trim().split('\n').at(-1) : ''
  return line ? ` (${line})` : ''
}

async function installedVersion({ run }: Machine): Promise<string | undefined> {
  const { code, output } = await run('redis-server', ['--version'])
  return code === 0 ? /\bv=([\d.]+)/.exec(output)?.[1] : undefined
}

/** A program, and the packages that bring it. */
export type Wanted = { name: string; brew: string; apt: string }

const redis: Wanted = { name: 'Redis', brew: 'redis', apt: 'redis-server' }

/** Installs a program where that needs nobody's password. */
export async function install(machine: Machine, { name, brew, apt }: Wanted): Promise<Ran> {
  const { run, say, platform, root } = machine
  if (platform === 'darwin') {
    say(`${name} is not installed: running \`brew install ${brew}\` (no service is started).`)
    return run('brew', ['install', brew])
  }
  if (platform !== 'linux' || (await run('apt-get', ['--version'])).code !== 0) return { code: 1, output: '' }
  if (!root && (await run('sudo', ['-n', 'true'])).code !== 0) return { code: 1, output: '' }
  say(`${name} is not installed: installing the package ${apt} with apt-get (no service is started).`)
  // RUNLEVEL=1 makes the package's own scripts leave the system service alone
  const quiet = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-qq']
  const [command = 'env', ...args] = root ? quiet : ['sudo', '-n', ...quiet]
  const updated = await run(command, [...args, 'update'])
  if (updated.code !== 0) return updated
  return run(command, [...args, 'install', '-y', '--no-install-recommends', apt])
}

function whatToDo({ platform }: Machine): string {
  return platform === 'darwin'
    ? 'Install Redis 7 or newer: brew install redis'
    : 'Install Redis 7 or newer (Debian, Ubuntu: apt-get install redis-server; others: https://redis.io/downloads) and put it on PATH.'
}

export const thisMachine: Machine = {
  platform: process.platform,
  root: process.getuid?.() === 0,
  say: (line) => void process.stderr.write(`${line}\n`),
  wait: sleep,
  run: (command, args) =>
    new Promise((resolve) => {
      let output = ''
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      child.stdout.on('data', (chunk) => (output += String(chunk)))
      child.stderr.on('data', (chunk) => (output += String(chunk)))
      child.once('error', (error) => resolve({ code: null, output: error.message }))
      child.once('close', (code) => resolve({ code: code ?? 1, output }))
    }),
}
