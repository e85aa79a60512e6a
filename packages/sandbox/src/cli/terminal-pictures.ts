import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { main as restyle } from '@restyle/cli/main'
import { idFromKey } from '@restyle/shared/ids'
import { drawCatalog } from '../demo/draw-catalog.ts'
import { pictureOfScreen, screenOf } from '../demo/terminal.ts'
import { startWorld, type World } from '../world/start-world.ts'

/*
 * Draws the pictures of a terminal in docs/pictures: a real run of the command line against the whole world, left with Ctrl-C in
 * the middle and watched to its end, on a narrow and on a wide terminal. Two of the tasks fail.
 */

const pictures = fileURLToPath(new URL('../../../../docs/pictures/', import.meta.url))
const [products, speed] = [24, 12]
const said = 'Output data may contain inappropriate content.'

const dir = await mkdtemp(join(tmpdir(), 'restyle-terminal-'))
const world = await startWorld({ speed })
try {
  await mkdir(pictures, { recursive: true })
  const { csv } = await drawCatalog(join(dir, 'catalog'), { count: products })
  for (const columns of [60, 120]) {
    world.dashscope.faults.add({
      at: 'task',
      times: 2,
      do: { type: 'fail', code: 'DataInspectionFailed', message: said },
    })
    const screen = await record(world, csv, columns)
    await writeFile(join(pictures, `terminal-${columns}.svg`), pictureOfScreen(screen, columns))
    process.stdout.write(`docs/pictures/terminal-${columns}.svg\n`)
  }
} finally {
  await world.stop()
  await rm(dir, { recursive: true })
}

/** What a terminal shows of a run that is interrupted when half is done, and then watched. */
async function record({ url, apiKey, ledger }: World, csv: string, columns: number) {
  let shown = ''
  const write = (chunk: unknown, _encoding: unknown, done: () => void) => {
    shown += String(chunk)
    done()
  }
  const out = () => Object.assign(new Writable({ write }), { isTTY: true, columns })
  const key = randomUUID()
  const batch = idFromKey('batch', 'local', key)
  const run = (argv: string[], signal: AbortSignal) => {
    shown += `$ restyle ${argv.map((word) => (/[ {]/.test(word) ? `"${word}"` : word)).join(' ')}\n`
    const hidden = ['--url', url, '--key', apiKey]
    return restyle([...hidden, ...argv, ...(argv[0] === 'run' ? ['--idempotency-key', key] : [])], {
      stdout: out(),
      stderr: out(),
      cwd: join(csv, '..'),
      env: {},
      signal,
      now: Date.now,
      wait: (ms, until) => setTimeout(ms, undefined, { signal: until }),
      newId: randomUUID,
    })
  }
  const stop = new AbortController()
  const interrupted = (async () => {
    while ((await ledger.readBatch(batch))?.succeeded !== products / 2) await setTimeout(50)
    await setTimeout(1_200)
    shown += '^C'
    stop.abort()
  })()
  const prompt = 'the {{colour}} {{product}} {{style}}'
  await run(['run', 'catalog.csv', '--prompt', prompt, '--name', `shop ${columns}`], stop.signal)
  await interrupted
  await run(['watch', batch], new AbortController().signal)
  return screenOf(shown.trimEnd(), columns)
}
