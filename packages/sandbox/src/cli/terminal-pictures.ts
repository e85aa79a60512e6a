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
 * Draws the pictures of a terminal in docs/pictures: real runs of the command line against the whole world. On a narrow and on a wide
 * terminal a run that is left with Ctrl-C in the middle and watched to its end, in which two tasks fail; then what is asked before it,
 * and the lists after it. Keys and seeds are fixed, so that two drawings differ in their times alone.
 */

const pictures = fileURLToPath(new URL('../../../../docs/pictures/', import.meta.url))
const [products, speed] = [24, 12]
const said = 'Output data may contain inappropriate content.'
const prompt = 'the {{colour}} {{product}} {{style}}'

const dir = await mkdtemp(join(tmpdir(), 'restyle-terminal-'))
const world = await startWorld({ speed, dashscope: { seed: 1 } })
try {
  await mkdir(pictures, { recursive: true })
  const { csv } = await drawCatalog(join(dir, 'catalog'), { count: products })
  const cwd = join(csv, '..')
  for (const columns of [60, 120]) {
    world.dashscope.faults.add({
      at: 'task',
      times: 2,
      do: { type: 'fail', code: 'DataInspectionFailed', message: said },
    })
    await draw(`terminal-${columns}`, columns, await watched(openTerminal(world, cwd, columns)))
  }
  for (const columns of [60, 100])
    await draw(`lists-${columns}`, columns, await listed(openTerminal(world, cwd, columns)))
} finally {
  await world.stop()
  await rm(dir, { recursive: true })
}

async function draw(name: string, columns: number, shown: string): Promise<void> {
  const screen = screenOf(shown.trimEnd(), columns)
  await writeFile(join(pictures, `${name}.svg`), pictureOfScreen(screen, columns))
  process.stdout.write(`docs/pictures/${name}.svg\n`)
}

type Terminal = {
  columns: number
  ledger: World['ledger']
  /** Runs a command; `hidden` words are not shown. */
  run(argv: string[], how?: { hidden?: string[]; signal?: AbortSignal; answer?: string }): Promise<unknown>
  write(text: string): void
  shown(): string
}

function openTerminal({ url, apiKey, ledger }: World, cwd: string, columns: number): Terminal {
  let shown = ''
  const write = (chunk: unknown, _encoding: unknown, done: () => void) => {
    shown += String(chunk)
    done()
  }
  const out = () => Object.assign(new Writable({ write }), { isTTY: true, columns })
  return {
    columns,
    ledger,
    write: (text) => void (shown += text),
    shown: () => shown,
    run(argv, { hidden = [], signal = new AbortController().signal, answer } = {}) {
      shown += `$ restyle ${argv.map((word) => (/[ {]/.test(word) ? `"${word}"` : word)).join(' ')}\n`
      const ask = async (question: string) => {
        shown += `${question}${answer}\n`
        return answer ?? ''
      }
      return restyle(['--url', url, '--key', apiKey, ...argv, ...hidden], {
        stdout: out(),
        stderr: out(),
        cwd,
        env: {},
        signal,
        now: Date.now,
        wait: (ms, until) => setTimeout(ms, undefined, { signal: until }),
        newId: randomUUID,
        ...(answer === undefined ? {} : { ask }),
      })
    },
  }
}

/** A run that is interrupted when half is done, and then watched. */
async function watched({ columns, ledger, ...terminal }: Terminal): Promise<string> {
  const key = `terminal-${columns}`
  const batch = idFromKey('batch', 'local', key)
  const stop = new AbortController()
  const interrupted = (async () => {
    while (((await ledger.readBatch(batch))?.succeeded ?? 0) < products / 2) await setTimeout(50)
    await setTimeout(1_200)
    terminal.write('^C')
    stop.abort()
  })()
  const argv = ['run', 'catalog.csv', '--prompt', prompt, '--name', `shop ${columns}`]
  await terminal.run(argv, { hidden: ['--idempotency-key', key], signal: stop.signal })
  await interrupted
  await terminal.run(['watch', batch])
  return terminal.shown()
}

/** A dry run, the question before money is spent, and the lists. */
async function listed({ columns, ...terminal }: Terminal): Promise<string> {
  await terminal.run(['run', 'catalog.csv', '--prompt', prompt, '--dry-run'])
  await terminal.run(['run', 'catalog.csv', '--prompt', prompt, '--ask-above', '1', '--all'], { answer: 'n' })
  await terminal.run(['batches'])
  await terminal.run(['edits', '--limit', '4'])
  await terminal.run(['usage'])
  const night = ['--cron', '0 22 * * *', '--tz', 'Europe/Paris', '--window', '22:00-06:00']
  const catalog = ['--manifest', 'https://example.com/catalog.csv', '--prompt', prompt]
  await terminal.run(['schedule', 'add', `nightly-${columns}`, ...night, ...catalog])
  await terminal.run(['schedule', 'list'])
  return terminal.shown()
}
