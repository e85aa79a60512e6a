import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { Batch, CatalogRow, Edit } from '@restyle/client/types'
import sharp from 'sharp'
import type { Io } from '../src/io.ts'
import { main } from '../src/main.ts'
import type { Out } from '../src/show/out.ts'

/** One request as it came. */
export type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }

/** A scripted producer on loopback, a folder of its own, and the command run against both. */
export async function startFakeWorld() {
  const seen: Seen[] = []
  const world = {
    seen,
    folder: await mkdtemp(join(tmpdir(), 'restyle-cli-')),
    url: '',
    /** Whether it says when rows would be done; an older producer does not, and being asked is in no list then. */
    foretells: false,
    /** What was enqueued of every catalog before; asking for it is in no list of requests. undefined: nobody answers that. */
    catalog: { open: [], rows: [] } as { open: Batch[]; rows: CatalogRow[] } | undefined,
    /** Set by each test: what to answer; null when it has answered by itself, undefined to cut the connection. */
    answer: (_seen: Seen, _response: ServerResponse): object | null | undefined => ({}),
    write: (name: string, text: string | Buffer) => writeFile(join(world.folder, name), text),
    /** Writes a picture of those sides. */
    draw: (name: string, width = 400, height = 400, blue = 0) =>
      sharp({ create: { width, height, channels: 3, background: { r: 200, g: 100, b: blue } } }).toFile(
        join(world.folder, name),
      ),
    /** Runs `restyle` with `args`; output is what a pipe would get, no wait takes time. */
    restyle: async (args: string[], more: Partial<Io> = {}) => {
      const [stdout, stderr] = [memory(), memory()]
      const io: Io = {
        stdout: stdout.out,
        stderr: stderr.out,
        cwd: world.folder,
        env: { RESTYLE_URL: world.url, RESTYLE_API_KEY: 'rk_key_secret' },
        signal: new AbortController().signal,
        now: () => Date.parse('2026-03-02T21:00:10Z'),
        wait: async (_ms, signal) => signal.throwIfAborted(),
        newId: () => 'the-key-of-this-run',
        ...more,
      }
      const exitCode = await main(args, io)
      return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await rm(world.folder, { recursive: true })
    },
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      if (url.startsWith('/v1/catalogs/')) {
        if (world.catalog === undefined) request.socket.destroy()
        else response.end(catalogText(world.catalog, url))
        return
      }
      if (url === '/v1/forecasts' && !world.foretells) return void response.writeHead(404).end()
      const each = { method, url, headers, body: Buffer.concat(chunks) }
      seen.push(each)
      const answer = world.answer(each, response)
      if (answer === undefined) request.socket.destroy()
      else if (answer !== null) response.end(JSON.stringify(answer))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return world
}

function catalogText({ open, rows }: { open: Batch[]; rows: CatalogRow[] }, url: string): string {
  if (!url.endsWith('/rows')) return JSON.stringify({ name: 'catalog', open })
  return [...rows, { rows: rows.length }].map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** A refusal as the producer words it; to be returned as an answer after its status was written. */
export const problem = (code: string, detail: string, errors?: object[]): object => ({
  type: `/problems#${code}`,
  code,
  title: 'A title',
  detail,
  ...(errors === undefined ? {} : { errors }),
})

/** An output that is kept. */
export function memory(more: { isTTY?: boolean; columns?: number } = {}): { out: Out; text: () => string } {
  let text = ''
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return { out: Object.assign(out, more), text: () => text }
}

const none: Batch['counts'] = {
  queued: 0,
  submitting: 0,
  uncertain: 0,
  review: 0,
  running: 0,
  rendered: 0,
  succeeded: 0,
  failed: 0,
  canceled: 0,
}

/** A batch that began ten seconds before the world's now. */
export const batchOf = (total: number, counts: Partial<Batch['counts']>): Batch => ({
  id: 'batch_1',
  total,
  priority: 5,
  counts: { ...none, ...counts },
  images: counts.succeeded ?? 0,
  cost: { currency: 'CNY', micros: (counts.succeeded ?? 0) * 200_000, reservedMicros: 0 },
  createdAt: '2026-03-02T21:00:00.000Z',
})

/** An edit that has succeeded with one image, unless told otherwise. */
export const editOf = (more: Partial<Edit>): Edit => ({
  id: 'edit_1',
  key: 'mug',
  state: 'succeeded',
  model: 'wan2.5-i2i-preview',
  prompt: 'on white',
  request: { images: ['sha256:ab12'], n: 1 },
  images: [{ index: 0, key: 'shop/batch_1/mug/0.png', sha256: 'ab12' }],
  cost: { currency: 'CNY', micros: 200_000 },
  createdAt: '2026-03-02T21:00:00.000Z',
  updatedAt: '2026-03-02T21:01:00.000Z',
  ...more,
})
