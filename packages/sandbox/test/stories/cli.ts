import { randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { main } from '@restyle/cli/main'
import type { World } from '../../src/world/start-world.ts'

/** Runs `restyle` in a folder, as its user would, but more impatient; tells how it ended and what it wrote. */
export async function restyle(world: Pick<World, 'apiKey' | 'url'>, cwd: string, ...argv: string[]) {
  const stdout: string[] = []
  const stderr: string[] = []
  const code = await main(argv, {
    stdout: sink(stdout),
    stderr: sink(stderr),
    cwd,
    env: { RESTYLE_URL: world.url, RESTYLE_API_KEY: world.apiKey },
    signal: new AbortController().signal,
    now: Date.now,
    wait: (_ms, signal) => setTimeout(20, undefined, { signal }),
    newId: randomUUID,
  })
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

const sink = (text: string[]) =>
  new Writable({
    write(chunk, _encoding, done) {
      text.push(String(chunk))
      done()
    },
  })
