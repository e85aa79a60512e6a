import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** An app as it runs in production, whose memory is looked at from outside. */
export type WeighedProcess = {
  /** The most memory that it has had until now, in MB. */
  mb(): Promise<number>
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
  /** How it ended, and what it said. */
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>
}

/** As in package.json and in the Dockerfile: they keep the heap small. */
export const heapFlags = ['--max-semi-space-size=16', '--heap-growing-percent=50']

const weigh = pathToFileURL(fileURLToPath(new URL('weigh.ts', import.meta.url)))
let started = 0

/** What can be weighed: the main file of an app, or of what it stands beside. */
const mains = {
  producer: '../../../../apps/producer/src/main.ts',
  cli: '../../../../apps/cli/src/main.ts',
  'bare-pipe': 'bare-pipe.ts',
} as const

/** Starts a main file; `folder` takes its weight. */
export function startWeighed(
  app: keyof typeof mains,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  folder: string,
): WeighedProcess {
  started += 1
  const file = join(folder, `weight-${started}`)
  const main = fileURLToPath(new URL(mains[app], import.meta.url))
  const preload = ['--import', `${weigh.href}?file=${encodeURIComponent(file)}`]
  const child = spawn(process.execPath, [...heapFlags, ...preload, main, ...args], {
    env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code], stdout, stderr]) => ({ code: code as number | null, stdout, stderr }),
  )
  return {
    mb: async () => {
      for (;;) {
        const bytes = Number(await readFile(file, 'utf8').catch(() => '0'))
        if (bytes > 0) return bytes / 1e6
        await setTimeout(20)
      }
    },
    kill: (signal) => void child.kill(signal),
    ended,
  }
}
