import { setTimeout } from 'node:timers/promises'
import { createClient } from '@restyle/client/client'
import type { Edit } from '@restyle/shared/contract/edit'
import { mapByte } from '@restyle/shared/contract/edit-state'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { Pool } from 'undici'
import { startWorld, type World } from '../world/start-world.ts'
import { anyRoom } from './backlog-world.ts'
import { startBareConsole } from './bare-console.ts'
import { benchModel } from './bench-settings.ts'
import { rowOf } from './catalog-file.ts'
import { atMost, type Figure } from './report.ts'

export type ConsoleOptions = {
  /** Reads of each kind. */
  reads: number
  /** Edits that end while somebody watches, 50 a second. */
  events: number
  /** Told of each step. */
  onStep?: (what: string) => void
}

const lot = { model: benchModel, class: 'standard' }
const rowsPerBatch = 2_000
const rowsAtOnce = 200

type Bench = { world: World; bare: Awaited<ReturnType<typeof startBareConsole>>; reads: number }

/** What the console asks of the producer, beside bare routes of the same process that send as many bytes. */
export async function benchConsoleApi({
  reads,
  events,
  onStep = () => {},
}: ConsoleOptions): Promise<Figure[]> {
  const world = await startWorld({ workers: 0 })
  const bare = await startBareConsole()
  const bench = { world, bare, reads }
  try {
    onStep('maps')
    const maps = [...(await mapFigures(bench, 100_000)), ...(await mapFigures(bench, 1_000_000))]
    onStep(`rows, ${rowsAtOnce} at a time`)
    const id = await seedRows(world)
    const inRedis = await rowFigures(bench, 'in Redis', id, 1)
    const atRest = await rowFigures(bench, 'at rest', id, rowsPerBatch - rowsAtOnce + 1)
    onStep(`${events} edits end while somebody watches`)
    const [lag, beside] = [await lagOf(world, id, events), await bare.lag(events)]
    onStep('verdicts')
    const verdicts = await verdictTimes(world, reads)
    return [
      ...maps,
      ...inRedis,
      ...atRest,
      { name: 'edit ended → message, p50', value: at(lag, 0.5), unit: 'ms', beside: at(beside, 0.5) },
      {
        name: 'edit ended → message, p95',
        value: at(lag, 0.95),
        unit: 'ms',
        beside: at(beside, 0.95),
        asked: atMost(1_000),
      },
      { name: 'verdict → stored, p50', value: at(verdicts, 0.5), unit: 'ms' },
      { name: 'verdict → stored, p95', value: at(verdicts, 0.95), unit: 'ms', asked: atMost(300) },
    ]
  } finally {
    await bare.stop()
    await world.stop()
  }
}

async function mapFigures({ world, bare, reads }: Bench, rows: number): Promise<Figure[]> {
  const id = await seedMap(world, rows)
  const ours = await readOften(world.url, `/v1/batches/${id}/map`, reads, world.apiKey)
  const beside = await readOften(bare.url, `/bytes/${ours.bytes}`, reads)
  const name = `map of ${rows.toLocaleString('en')} rows`
  const asked = (bound: number) => (rows === 100_000 ? { asked: atMost(bound) } : {})
  return [
    { name: `${name}, packed`, value: ours.bytes / 1024, unit: 'KiB', ...asked(40) },
    { name: `${name}, p50`, value: ours.p50, unit: 'ms', beside: beside.p50, ...asked(20) },
    { name: `${name}, p95`, value: ours.p95, unit: 'ms', beside: beside.p95 },
  ]
}

async function rowFigures(
  { world, bare, reads }: Bench,
  where: string,
  id: string,
  first: number,
): Promise<Figure[]> {
  const path = `/v1/batches/${id}/edits?rows=${first}-${first + rowsAtOnce - 1}`
  const ours = await readOften(world.url, path, reads, world.apiKey)
  const beside = await readOften(bare.url, `/bytes/${ours.bytes}`, reads)
  const name = `${rowsAtOnce} rows ${where}`
  return [
    { name: `${name}, p50`, value: ours.p50, unit: 'ms', beside: beside.p50 },
    { name: `${name}, p95`, value: ours.p95, unit: 'ms', beside: beside.p95, asked: atMost(40) },
    { name: `${name}, packed`, value: ours.bytes / 1024, unit: 'KiB', asked: atMost(60) },
  ]
}

/** A batch of which the ledger has the planes alone: nine tenths have ended, three of a hundred of those failed. */
async function seedMap({ ledger, redis }: World, rows: number): Promise<string> {
  const id = `batch_map${rows}`
  const keys = ledgerKeys(defaultPrefix)
  await ledger.openBatch({ id, producer: 'local', name: '', total: rows, bodyHash: 'h' })
  const [state, verdicts, codes] = [Buffer.alloc(rows, '.'), Buffer.alloc(rows, '.'), Buffer.alloc(rows)]
  for (let row = 0; row < rows * 0.9; row += 1) {
    const failed = Math.random() < 0.03
    state.write(failed ? mapByte.failed : mapByte.succeeded, row)
    if (failed) codes[row] = 1 + Math.floor(Math.random() * 5)
    else if (row < rows / 2) verdicts.write(Math.random() < 0.9 ? 'a' : 'r', row)
  }
  await redis.hset(keys.batch(id), 'accepted', rows, 'codes', JSON.stringify(['A', 'B', 'C', 'D', 'E']))
  await redis.mset(keys.batchMap(id), state, keys.batchVerdicts(id), verdicts, keys.batchCodes(id), codes)
  return id
}

/** A batch of which half of the rows are edits, and half rest. */
async function seedRows(world: World): Promise<string> {
  const client = createClient({ url: world.url, key: world.apiKey })
  const edits = Array.from({ length: rowsPerBatch }, (_, i) => rowOf(i))
  const { id } = await client.batches.create({ edits })
  const reader = openRowReader(world.store)
  for (let from = 0; from < rowsPerBatch / 2; from += 250) {
    const rows = await reader.rowsOf({ id, producer: 'local' }, from, from + 250)
    await world.ledger.feed({ ...lot, batch: id, from, to: from + 250, edits: rows })
  }
  return id
}

type Reads = { bytes: number; p50: number; p95: number }

/** One after the other, as one page asks; those that warm up do not count. */
async function readOften(url: string, path: string, reads: number, key = ''): Promise<Reads> {
  const pool = new Pool(url, { connections: 1 })
  const headers = { authorization: `Bearer ${key}`, 'accept-encoding': 'gzip' }
  const times: number[] = []
  let bytes = 0
  try {
    for (let i = -5; i < reads; i += 1) {
      const began = performance.now()
      const answer = await pool.request({ path, method: 'GET', headers })
      bytes = (await answer.body.arrayBuffer()).byteLength
      if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}`)
      if (i >= 0) times.push(performance.now() - began)
    }
  } finally {
    await pool.close()
  }
  return { bytes, p50: at(times, 0.5), p95: at(times, 0.95) }
}

/** How long (ms) after the end of an edit whoever watches its batch hears of it; 50 end in a second. */
async function lagOf({ url, apiKey, ledger }: World, batch: string, events: number): Promise<number[]> {
  const client = createClient({ url, key: apiKey })
  const over = new AbortController()
  const ready = Promise.withResolvers<void>()
  const ended = new Map<number, number>()
  const lags: number[] = []
  const watching = (async () => {
    for await (const message of client.live({ batch, signal: over.signal })) {
      if (message.type === 'map-reset') ready.resolve()
      if (message.type !== 'map') continue
      for (const [row, plane] of message.changes) {
        const began = ended.get(row)
        if (plane === 0 && began !== undefined) lags.push(performance.now() - began)
      }
      if (lags.length >= events) return
    }
  })()
  await Promise.race([ready.promise, watching])
  for (let i = 0; i < events; i += 1) {
    const edit = await ledger.read(`${batch}-${i}`)
    if (edit === undefined) throw new Error('there are too few edits')
    ended.set(i + 1, performance.now())
    await ledger.move(edit, { to: 'canceled' })
    await setTimeout(20)
  }
  await watching
  over.abort()
  return lags
}

/** How long (ms) verdicts of an edit take as the page stores them: it reads what is said, then says something else. */
async function verdictTimes({ url, apiKey, ledger }: World, many: number): Promise<number[]> {
  const client = createClient({ url, key: apiKey })
  const id = await succeed(ledger)
  const times: number[] = []
  for (let i = 0; i < many; i += 1) {
    const began = performance.now()
    await client.verdicts.read(id)
    await client.verdicts.set(id, { verdict: i % 2 === 0 ? 'approved' : 'rejected' })
    times.push(performance.now() - began)
  }
  return times
}

/** The next edit succeeds. Gives its id. */
async function succeed(ledger: World['ledger']): Promise<string> {
  const next = await ledger.admit(anyRoom)
  if (next.kind !== 'admitted') throw new Error(`no edit could be admitted: ${next.kind}`)
  const moved = async (edit: Edit, change: Parameters<Ledger['move']>[1]): Promise<Edit> => {
    const answer = await ledger.move(edit, change)
    if (answer.kind !== 'moved') throw new Error(`the edit did not move: ${answer.kind}`)
    return answer.edit
  }
  const { id } = next.edit
  const stored = { key: `k/${id}`, sha256: 'a', bytes: 1, width: 1, height: 1, contentType: 'image/png' }
  const running = await moved(next.edit, { to: 'running', set: { taskId: id, submittedAt: 1 } })
  const images = [{ index: 0, stored }]
  const rendered = await moved(running, { to: 'rendered', set: { images }, expiresAt: 9 })
  await moved(rendered, { to: 'succeeded', stored: 1 })
  return id
}

const at = (times: readonly number[], share: number): number => {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
