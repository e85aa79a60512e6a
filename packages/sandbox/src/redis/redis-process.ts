import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const READY_MS = 30_000
const GENTLE_MS = 5_000

/** One running redis-server. */
export interface RedisProcess {
  pid: number
  signal(signal: NodeJS.Signals): void
  /** SIGTERM, and SIGKILL after 5 s. Resolves when the process is gone. */
  end(): Promise<void>
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>
}

/** Starts `redis-server conf …args` and resolves when it answers PING on `port`. Throws with the last lines of its log. */
export async function startRedisProcess(
  command: string,
  { conf, log, port, args = [] }: { conf: string; log: string; port: number; args?: string[] },
): Promise<RedisProcess> {
  const file = openSync(log, 'a')
  // detached: a Ctrl-C in the terminal reaches us alone, and Redis goes when we are done with it
  const child = spawn(command, [conf, ...args], { stdio: ['ignore', file, file], detached: true })
  closeSync(file)
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  const gone = once(child, 'exit')
  guard(child, pid)

  const kill = async () => {
    child.kill('SIGKILL')
    await gone
  }
  const end = async () => {
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), GENTLE_MS)
    await gone
    clearTimeout(late)
  }

  const deadline = performance.now() + READY_MS
  while (!(await isReady(port, pid))) {
    const dead = child.exitCode !== null || child.signalCode !== null
    if (dead || performance.now() > deadline) {
      await kill()
      const lines = (await readFile(log, 'utf8')).trim().split('\n').slice(-3).join(' | ')
      throw new Error(`Redis did not start on port ${port}: ${lines}`)
    }
    await sleep(20)
  }
  return { pid, signal: (signal) => void child.kill(signal), end, kill }
}

/**
 * Redis must not outlive us, not even when we are killed with SIGKILL: a shell waits for the end of a pipe that only
 * we hold open. It goes with Redis.
 */
function guard(child: ChildProcess, pid: number): void {
  const script = 'read -r _; kill -CONT "$1"; kill -TERM "$1"'
  const shell = spawn('sh', ['-c', script, 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  child.once('exit', () => shell.kill('SIGKILL'))
}

/** Whether this very process serves the port (another may hold it) and has loaded its file. */
function isReady(port: number, pid: number): Promise<boolean> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 }, () => {
      socket.write('PING\r\nINFO server\r\n')
    })
    const answer = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.on('data', (chunk) => {
      heard += chunk.toString()
      const [, server] = /process_id:(\d+)\r/.exec(heard) ?? []
      if (server) answer(Number(server) === pid && heard.startsWith('+PONG'))
    })
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
    socket.once('close', () => answer(false))
  })
}
