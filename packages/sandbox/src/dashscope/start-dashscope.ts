import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { createAccount } from './account.ts'
import { type Bill, readBill } from './bill.ts'
import { seededRandom, logNormal } from './dice.ts'
import { createFaults, type Faults } from './faults.ts'
import { createFlatRender, type Painting, render } from './render.ts'
import { createRoutes } from './routes.ts'
import { shortImage } from './short-image.ts'
import type { ModelQuota, SimulatedModel } from './simulated-models.ts'
import type { Later } from './spoil.ts'
import { type Drawer, openDrawer } from './store.ts'
import type { Task, TaskState } from './task.ts'
import { createTaskBook, type TaskBook, type TaskBookOptions } from './task-book.ts'
import { type Counters, createRecord, type Post, type TrafficRecord } from './traffic-record.ts'
import { createUploads, type Uploads } from './upload.ts'

/** How the simulated service behaves. All times in ms. One simulator is one account; its quotas are shared by all its keys. */
export type DashScopeOptions = {
  /** Default: any free port. */
  port?: number
  /** Tasks and the lives of URLs, tasks and uploads run this much faster. Rate limits and timestamps stay in real time. */
  speed?: number
  /** A task beyond the running limit waits as PENDING (default) or is refused with 429. */
  beyondLimit?: 'queue' | 'refuse'
  /** Same seed, same durations. */
  seed?: number
  /** Default `sk-sandbox`. Any other key is of another region: 401. */
  apiKeys?: string[]
  /** Log-normal run time; 0 ends a task as soon as it is rendered. */
  durations?: { medianMs: number; sigma: number } | 0
  quotas?: Record<string, Partial<ModelQuota>>
  /** Each of query, list and cancel. Default 20. */
  queryPerSecond?: number
  /** Sent with every 429 of the quotas; the vendor documents none. */
  retryAfterSeconds?: number
  urlLifetimeMs?: number
  now?: () => number
  /** Tasks, bill, pictures and uploads are kept here and survive a restart. Default: in memory. */
  dir?: string
  /** For benchmarks: no durations unless they are named, inputs are not fetched, one flat picture for all. */
  instant?: boolean
}

/** A task as a checker wants it. Inputs given inline are shortened to their hash. */
export type TaskDescription = {
  taskId: string
  prompt: string
  model: string
  images: string[]
  submittedAt: number
  state: TaskState
  /** Images on the bill. */
  billed: number
  resultSha256: string[]
}

/** A running simulator. */
export type DashScopeSimulator = {
  /** Base of the API, `http://127.0.0.1:<port>/api/v1`. */
  url: string
  origin: string
  bill: Bill
  faults: Faults
  /** Every submit that arrived since the start, oldest first. */
  posts: Post[]
  readonly counters: Counters
  /** Every task ever, oldest first. */
  tasks: () => Task[]
  describe: () => TaskDescription[]
  stop: () => Promise<void>
}

const hour = 3_600_000

const keptSecret = (account: Drawer): string => {
  const kept = account.get('secret')?.toString()
  if (kept !== undefined) return kept
  const fresh = randomBytes(32).toString('hex')
  account.put('secret', Buffer.from(fresh))
  return fresh
}

// two at once: more only makes each slower on the two cores of a small machine
const oneAfterAnother = (paint: (painting: Painting) => Promise<Buffer>): typeof paint => {
  const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()]
  let turn = 0
  return (painting) => {
    turn = (turn + 1) % lanes.length
    const painted = (lanes[turn] ?? Promise.resolve()).then(() => paint(painting))
    lanes[turn] = painted.catch(() => undefined)
    return painted
  }
}

const describe = (task: Task): TaskDescription => ({
  taskId: task.taskId,
  prompt: task.order.prompt,
  model: task.order.model,
  images: task.order.images.map(shortImage),
  submittedAt: task.submittedAt,
  state: task.state,
  billed: task.billed,
  resultSha256: task.results.flatMap((result) => ('path' in result ? [result.sha256] : [])),
})

const simulatorAt = (
  origin: string,
  parts: { book: TaskBook; faults: Faults; record: TrafficRecord; stop: () => Promise<void> },
): DashScopeSimulator => ({
  url: `${origin}/api/v1`,
  origin,
  bill: readBill(parts.book.all),
  faults: parts.faults,
  posts: parts.record.posts,
  get counters() {
    return parts.record.counters(parts.book)
  },
  tasks: parts.book.all,
  describe: () => parts.book.all().map(describe),
  stop: parts.stop,
})

const openBook = (
  options: DashScopeOptions,
  parts: { uploads: Uploads; pictures: Drawer; quotaOf: TaskBookOptions['quotaOf']; signal: AbortSignal },
): TaskBook => {
  const { speed = 1, now = Date.now, instant = false, dir, urlLifetimeMs = 24 * hour } = options
  const { medianMs, sigma } = options.durations || { medianMs: 60_000, sigma: 0.3 }
  const still = options.durations === 0 || (instant && options.durations === undefined)
  const random = seededRandom(options.seed ?? 1)
  return createTaskBook({
    now,
    random,
    nextDuration: () => (still ? 0 : logNormal(random, medianMs, sigma) / speed),
    nextDelay: () => (instant ? 0 : (25 + random() * 15) / speed),
    quotaOf: parts.quotaOf,
    urlLifetimeMs: urlLifetimeMs / speed,
    taskLifetimeMs: (24 * hour) / speed,
    studio: {
      paint: instant ? createFlatRender() : oneAfterAnother(render),
      uploads: parts.uploads.read,
      fetches: !instant,
      signal: parts.signal,
    },
    tasks: openDrawer(dir, 'tasks'),
    pictures: parts.pictures,
  })
}

/** Timers that end together. */
const keepTimers = (): { later: Later; clear: () => void } => {
  const timers = new Set<NodeJS.Timeout>()
  return {
    later: (action, ms) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        action()
      }, ms)
      timers.add(timer)
    },
    clear: () => {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

const listen = async (
  answer: ReturnType<typeof createRoutes>,
  port: number,
  now: () => number,
): Promise<Server> => {
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    response.setHeader('Date', new Date(now()).toUTCString())
    answer(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    )
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', listening)
  })
  return server
}

/** Starts a simulated DashScope on 127.0.0.1: real HTTP, real pictures, a bill and scripted faults. docs/dashscope.md §9 */
export const startDashScope = async (options: DashScopeOptions = {}): Promise<DashScopeSimulator> => {
  const { speed = 1, now = Date.now, dir, quotas = {} } = options
  sharp.concurrency(1)

  const pictures = openDrawer(dir, 'pictures')
  const secret = keptSecret(openDrawer(dir, 'account'))
  const halt = new AbortController()
  const timers = keepTimers()
  let origin = ''

  const quotaOf = (model: SimulatedModel): ModelQuota => ({ ...model.quota, ...quotas[model.id] })
  const uploads = createUploads({
    now,
    origin: () => origin,
    secret,
    policyLifetimeMs: 300_000,
    objectLifetimeMs: (48 * hour) / speed,
    objects: openDrawer(dir, 'uploads'),
  })
  const book = openBook(options, { uploads, pictures, quotaOf, signal: halt.signal })
  const faults = createFaults()
  const record = createRecord(now)
  const account = createAccount({
    now,
    apiKeys: new Set(options.apiKeys ?? ['sk-sandbox']),
    queryPerSecond: options.queryPerSecond ?? 20,
    quotaOf,
    retryAfterSeconds: options.retryAfterSeconds,
    onThrottle: () => record.count('throttled'),
  })
  const answer = createRoutes({
    now,
    origin: () => origin,
    secret,
    region: 'cn-beijing',
    account,
    beyondLimit: options.beyondLimit ?? 'queue',
    book,
    uploads,
    pictures,
    faults,
    record,
    later: timers.later,
  })
  const server = await listen(answer, options.port ?? 0, now)
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = async (): Promise<void> => {
    halt.abort()
    timers.clear()
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await Promise.all([closed, book.stop()])
  }
  return simulatorAt(origin, { book, faults, record, stop })
}
