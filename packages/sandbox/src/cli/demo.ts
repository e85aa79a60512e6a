import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { main as restyle } from '@restyle/cli/main'
import type { Out } from '@restyle/cli/show/out'
import { idFromKey } from '@restyle/shared/ids'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { drawCatalog } from '../demo/draw-catalog.ts'
import { openLogFile } from '../world/log-file.ts'
import { startWorld, type World } from '../world/start-world.ts'
import { readConfig } from './config.ts'

/*
 * The whole of Restyle on this machine, once: a catalog is drawn, sent through the CLI, edited by the simulator, stored
 * in the bucket, told in events, and shown on one page. Nothing is billed and nothing leaves the machine.
 */

const count = 14
const config = await exitOnKnownError(() => readConfig())
const dir = join(config.RESTYLE_DIR, 'demo')
/** All of it stays, so that the batch can be looked at in the console. */
const kept = join(dir, 'world')
const here = (path: string) =>
  relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path)
const say = (line: string) => process.stdout.write(`${line}\n`)

/** Runs the CLI as a person would; its events go to a file instead of the terminal. */
function cli(world: World, argv: string[], stdout: Out, signal: AbortSignal): Promise<number> {
  return restyle(['--url', world.url, '--key', world.apiKey, ...argv], {
    stdout,
    stderr: process.stderr,
    cwd: dir,
    env: {},
    signal,
    now: Date.now,
    wait: (ms, until) => setTimeout(ms, undefined, { signal: until }),
    newId: randomUUID,
  })
}

async function demo(world: World): Promise<number> {
  const { csv } = await drawCatalog(join(dir, 'catalog'), { count })
  say(`A catalog of ${count} products was drawn into ${here(dirname(csv))}.\n`)

  const enough = new AbortController()
  const events = createWriteStream(join(dir, 'events.jsonl'))
  const following = cli(world, ['events', '--follow'], events, enough.signal)

  const idempotencyKey = randomUUID()
  const prompt = 'Put the {{colour}} {{product}} {{style}}'
  const run = ['run', csv, '--prompt', prompt, '--name', 'demo', '--idempotency-key', idempotencyKey]
  const code = await cli(world, run, process.stdout, new AbortController().signal)

  const batchId = idFromKey('batch', 'local', idempotencyKey)
  await told(join(dir, 'events.jsonl'), `${batchId}-completed`)
  enough.abort()
  await following
  await new Promise((resolve) => events.end(resolve))

  const quiet = new PassThrough().resume()
  await cli(world, ['results', batchId, '--download', 'images'], quiet, new AbortController().signal)
  await cli(world, ['report', batchId], quiet, new AbortController().signal)

  say(`\nLook at   ${here(join(dir, 'report.html'))}   before and after, side by side`)
  say(`          ${here(join(dir, 'images'))}/        what the bucket holds`)
  say(`          ${here(join(dir, 'events.jsonl'))}  what the producer was told`)
  say(
    `\nIn the console:  RESTYLE_DIR=${here(kept)} npm start   prints an address, where this batch is called demo`,
  )
  return code
}

/** Waits until the file of events holds this one. */
async function told(file: string, eventId: string): Promise<void> {
  for (let look = 0; look < 100; look += 1) {
    if ((await readFile(file, 'utf8')).includes(`"${eventId}"`)) return
    await setTimeout(100)
  }
  throw new Error(`the event ${eventId} did not come`)
}

await rm(dir, { recursive: true, force: true })
await mkdir(dir, { recursive: true })
const { log, close } = await openLogFile(join(dir, 'restyle.log'))
const world = await exitOnKnownError(() => startWorld({ log, dir: kept, overrides: { filesAfterMs: 0 } }))
try {
  process.exitCode = await demo(world)
} finally {
  await world.stop()
  await close()
}
