import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { EditView } from '@restyle/shared/contract/edit'
import type { EditRequestInput } from '@restyle/shared/contract/edit-request'
import { RestyleEvent } from '@restyle/shared/contract/event'
import { laneIdOf } from '@restyle/shared/lane-id'
import { createLog } from '@restyle/shared/log'
import sharp from 'sharp'
import { Agent, fetch, type Response } from 'undici'
import { z } from 'zod'
import { type Asked, foreignImages } from '../../src/world/foreign-images.ts'
import { startWorld, type World, type WorldOptions } from '../../src/world/start-world.ts'

/** An answer of the producer, its JSON not yet read. */
type Reply = { status: number; headers: Response['headers']; body: unknown }

/** A world and what one needs to tell a story in it. */
export type Story = {
  world: World
  /** What the lane is called in the ledger that a world has by default. */
  lane: string
  /** Log lines so far, of the producer and all workers, parsed. */
  lines: Record<string, unknown>[]
  /** The same lines as they were written. */
  text(): string
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** Opens `/v1/events` as a stream; aborting the signal leaves it. */
  follow(signal: AbortSignal, headers?: Record<string, string>): Promise<Response>
  /** Draws a small picture, uploads it and gives its address. */
  picture(hue?: number): Promise<string>
  /** Enqueues an edit of a small picture into a small image; fails unless it is accepted. */
  enqueue(more?: Partial<EditRequestInput>): Promise<string>
  enqueueMany(count: number, more?: Partial<EditRequestInput>): Promise<string[]>
  /** Waits for the events that end these edits, in the order of `ids`. */
  ended(ids: readonly string[], withinMs?: number): Promise<EditEvent[]>
  /** Every event that was told so far. */
  told(): Promise<RestyleEvent[]>
  /** Keys of the images in the bucket. */
  images(): { key: string; sha256: string; versionsWritten: number }[]
  /** Looks that every image is made from its own edit's source and prompt, and ends the world. */
  stop(): Promise<void>
}

export type EditEvent = Extract<RestyleEvent, { data: EditView }>

/** Looks again and again until the answer is neither undefined nor false. `missing` says what there was instead. */
export async function until<T>(
  look: () => T | Promise<T>,
  withinMs = 30_000,
  missing: () => unknown = () => look.toString(),
): Promise<Exclude<T, undefined | false>> {
  const began = performance.now()
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>
    const waited = performance.now() - began
    if (waited > withinMs) throw new Error(`not within ${withinMs} ms: ${String(await missing())}`)
    // what takes long is not looked at a hundred times a second: others run beside it
    await setTimeout(Math.min(10 + waited / 50, 50))
  }
}

const drawn = new Map<number, Promise<Buffer>>()

/** A photograph would do as well: two colours, 400 by 400 pixels. The same bytes each time, so each is made once. */
export function draw(hue: number): Promise<Buffer> {
  const known = drawn.get(hue) ?? drawAnew(hue)
  drawn.set(hue, known)
  return known
}

function drawAnew(hue: number): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><rect width="100%" height="100%" fill="hsl(${hue},60%,80%)"/><circle cx="200" cy="200" r="90" fill="hsl(${hue},70%,35%)"/></svg>`
  return sharp(Buffer.from(svg)).png().toBuffer()
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const Page = z.object({ events: z.array(RestyleEvent), cursor: z.string() })

const speed = 400

const leftOpen = () => process.getActiveResourcesInfo().filter((kind) => /^TCP|^Process/.test(kind)).length
const underWay = { stories: 0, openBefore: 0 }

/** Counts a story that begins. What is given back says that it has ended, and waits until the last one of several at a time has left nothing open. */
function countStory(): () => Promise<void> {
  if (underWay.stories === 0) underWay.openBefore = leftOpen()
  underWay.stories += 1
  return async () => {
    underWay.stories -= 1
    if (underWay.stories === 0) await until(() => underWay.stories > 0 || leftOpen() <= underWay.openBefore)
  }
}

/** Starts a world in which a task takes about 50 ms, and its URLs live for a day as the vendor's do. `stop` fails if anything of it is left behind, or if an edit got another one's image. */
export async function openStory({ dashscope, ...options }: WorldOptions = {}): Promise<Story> {
  const nothingLeft = countStory()
  const written: string[] = []
  const world = await startWorld({
    speed,
    dashscope: {
      durations: { medianMs: 20_000, sigma: 0.2 },
      urlLifetimeMs: 24 * 3600_000 * speed,
      ...dashscope,
    },
    log: createLog('debug', { write: (line) => void written.push(line) }),
    ...options,
  })

  // connections of our own, so that none of them is left when the producer stops
  const dispatcher = new Agent()
  const authorization = `Bearer ${world.apiKey}`

  const call: Story['call'] = async (method, path, body, headers = {}) => {
    const bytes = body instanceof Uint8Array
    const answer = await fetch(`${world.url}${path}`, {
      method,
      dispatcher,
      headers: {
        authorization,
        ...(body !== undefined && {
          'content-type': bytes ? 'application/octet-stream' : 'application/json',
        }),
        ...headers,
      },
      ...(body !== undefined && { body: bytes ? Buffer.from(body) : JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text === '' ? '' : JSON.parse(text) }
  }

  const picture: Story['picture'] = async (hue = 20) => {
    const bytes = await draw(hue)
    const { status } = await call('PUT', `/v1/sources/${sha256(bytes)}`, bytes)
    if (status >= 300) throw new Error(`the picture was answered with ${status}`)
    return `sha256:${sha256(bytes)}`
  }

  const asked = new Map<string, Asked>()
  const enqueue: Story['enqueue'] = async (more = {}) => {
    const images = more.images ?? [await picture()]
    const body = { prompt: 'on a light oak table', size: '768*768', ...more, images }
    const reply = await call('POST', '/v1/edits', body)
    if (reply.status !== 202) throw new Error(`${reply.status}: ${JSON.stringify(reply.body)}`)
    const { id } = EditView.parse(reply.body)
    asked.set(id, body)
    return id
  }

  const seen: RestyleEvent[] = []
  let cursor = '0'
  const told = async (waitSeconds = 0) => {
    const reply = await call('GET', `/v1/events?cursor=${cursor}&limit=1000&wait=${waitSeconds}`)
    const page = Page.parse(reply.body)
    cursor = page.cursor
    seen.push(...page.events)
    return seen
  }

  return {
    world,
    get lane() {
      return laneIdOf({ baseUrl: world.dashscope.url, account: 'default' }, 'wan2.5-i2i-preview')
    },
    get lines() {
      return written.map((line) => JSON.parse(line) as Record<string, unknown>)
    },
    text: () => written.join(''),
    call,
    follow: (signal, headers) =>
      fetch(`${world.url}/v1/events`, {
        dispatcher,
        signal,
        headers: { authorization, accept: 'text/event-stream', ...headers },
      }),
    picture,
    enqueue,
    enqueueMany: async (count, more) => {
      const images = more?.images ?? [await picture()]
      const one = (i: number) => enqueue({ prompt: `on table number ${i}`, ...more, images })
      return Promise.all(Array.from({ length: count }, (_, i) => one(i)))
    },
    ended: (ids, withinMs = 45_000) =>
      until(
        async () => {
          const ends = new Map((await told(1)).filter(isEnd).map((event) => [event.subject, event]))
          const events = ids.flatMap((id) => ends.get(id) ?? [])
          return events.length === ids.length && events
        },
        withinMs,
        async () => (await world.ledger.readMany([...ids])).map((edit) => `${edit?.key} ${edit?.state}`),
      ),
    told: () => told(),
    images: () =>
      world.s3.objects('restyle').filter(({ key }) => !/^(sources|receipts|\.restyle)\//.test(key)),
    stop: async () => {
      await dispatcher.destroy()
      const strangers = sha256(await strangersPicture())
      const foreign = await foreignImages(world.s3, 'restyle', asked, ({ sources }) =>
        sources.includes(strangers),
      )
      await world.stop()
      await nothingLeft()
      if (foreign.length > 0) throw new Error(foreign.join('; '))
    },
  }
}

/** What somebody else has edited: a person may adopt his task. */
const strangersPicture = (): Promise<Buffer> => draw(90)

/** Somebody else submits with our account, in our words. */
export async function strangerSubmits({ world }: Pick<Story, 'world'>, prompt: string): Promise<void> {
  const image = `data:image/png;base64,${(await strangersPicture()).toString('base64')}`
  const answer = await fetch(`${world.dashscope.url}/services/aigc/image2image/image-synthesis`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer sk-sandbox',
      'content-type': 'application/json',
      'x-dashscope-async': 'enable',
    },
    body: JSON.stringify({
      model: 'wan2.5-i2i-preview',
      input: { prompt, images: [image] },
      parameters: { n: 1, size: '768*768' },
    }),
  })
  if (answer.status !== 200) throw new Error(`the stranger was answered with ${answer.status}`)
  await answer.body?.cancel()
}

const isEnd = (event: RestyleEvent): event is EditEvent =>
  event.type.startsWith('restyle.edit.') && event.type !== 'restyle.edit.held'
