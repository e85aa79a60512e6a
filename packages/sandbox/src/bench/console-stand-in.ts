import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { rowsOfText, viewOfRow, type StandInBatch } from './console-batch.ts'
import { tellOfFailures } from './console-failures.ts'
import { forecastOf, foundIn } from './console-rows.ts'
import { tellOfRedos } from './console-redos.ts'

/** What the stand-in answers pictures with, and how late (ms). `kind`: made from, or made. */
export type PictureOf = (kind: 'before' | 'after', row: number, size: string, take: number) => Buffer
export type StandInOptions = {
  /** The built console. */
  pages: string
  batch: StandInBatch
  picture: PictureOf
  pictureType: string
  latencyMs?: (path: string) => number
  /** How it refuses a call, where it does. */
  refusal?: (path: string, method: string) => Refusal | undefined
}
export type Refusal = { status: number; code: string; detail: string; retryAfter?: number }

/** What reached the stand-in, and what of it the browser gave up. */
export type Traffic = {
  pictures: number
  givenUp: number
  /** The same by their rows, one entry for each picture. */
  rowsAsked: number[]
  rowsGivenUp: number[]
  /** Lines that were opened, and maps that were asked for. */
  lines: number
  maps: number
  bodies: { path: string; bytes: number; body: unknown }[]
}

const planeNames = ['state', 'verdict', 'code', 'redo'] as const

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
const policy = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; frame-ancestors 'none'"

/**
 * Answers a browser as the producer answers it for one batch, out of memory and as late as it is told to: what is measured then is the
 * page alone.
 */
export async function startConsoleStandIn(options: StandInOptions) {
  const traffic: Traffic = {
    pictures: 0,
    givenUp: 0,
    rowsAsked: [],
    rowsGivenUp: [],
    lines: 0,
    maps: 0,
    bodies: [],
  }
  const followers = new Set<ServerResponse>()
  const { batch } = options
  const server = createServer((request, response) => {
    answer({ ...options, followers }, traffic, request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ code: 'internal', detail: String(error) }))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const send = (event: string, data: object): void => {
    for (const each of followers) each.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  return {
    url,
    gallery: `${url}/console/batches/${batch.id}/gallery`,
    traffic,
    /** Changes bytes of a plane, that of the state as a rule, and tells whoever follows. */
    change(rows: readonly number[], byte: string, plane: (typeof planeNames)[number] = 'state'): void {
      const value = byte.charCodeAt(0)
      for (const row of rows) batch.planes[plane][row - 1] = value
      batch.planes.version += 1
      const changes = rows.map((row) => [row, planeNames.indexOf(plane), value])
      send('map', { batch: batch.id, version: batch.planes.version, rows: batch.planes.rows, changes })
    },
    /** Tells whoever follows how many rows are in each state by now. */
    tellCounts: (): void => send('batch', batch.view()),
    async stop(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
export type ConsoleStandIn = Awaited<ReturnType<typeof startConsoleStandIn>>

async function answer(
  options: StandInOptions & { followers: Set<ServerResponse> },
  traffic: Traffic,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://console')
  if (url.pathname.startsWith('/console')) return page(options.pages, url.pathname, response)
  const { method = 'GET' } = request
  const refused = options.refusal?.(url.pathname, method)
  if (refused !== undefined) return refuse(refused, response)
  const picture = /^\/v1\/edits\/(?:edit|redo)-(\d+)(?:-(\d+))?\/(images|sources)\/\d+(?:\/(\w+))?$/.exec(
    url.pathname,
  )
  const isFacts = picture?.[3] === 'sources' && picture[4] === undefined
  if (picture !== null && !isFacts) return showPicture(options, traffic, picture, response)
  if (url.pathname === '/v1/live') {
    await lateness(options.latencyMs, url.pathname)
    const { id, planes } = options.batch
    const told = JSON.stringify({ batch: id, version: planes.version })
    response
      .writeHead(200, { 'content-type': 'text/event-stream' })
      .write(`retry: 2000\n\nevent: map-reset\ndata: ${told}\n\n`)
    options.followers.add(response)
    traffic.lines += 1
    response.on('close', () => options.followers.delete(response))
    return
  }
  const body = await bodyOf(request)
  if (method !== 'GET') traffic.bodies.push({ path: url.pathname, bytes: body.length, body: parsed(body) })
  const told = tell(options.batch, method, url, parsed(body))
  const isMap = url.pathname.endsWith('/map')
  if (isMap) traffic.maps += 1
  // what changes from here on is not in the map; what was sent is done
  if (isMap || method !== 'GET') await lateness(options.latencyMs, url.pathname)
  if (told === undefined) {
    refuse({ status: 404, code: 'not-found', detail: 'it is not here' }, response)
    return
  }
  const { headers = {}, status = 200, content } = told
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'stand-in', ...headers })
  response.end(content)
}

function refuse({ status, code, detail, retryAfter }: Refusal, response: ServerResponse): void {
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  })
  response.end(JSON.stringify({ type: `#${code}`, code, title: code, status, detail }))
}

type Told = { status?: number; headers?: Record<string, string>; content: string | Buffer }
const json = (body: object, status = 200): Told => ({ status, content: JSON.stringify(body) })

function tell(batch: StandInBatch, method: string, url: URL, body: unknown): Told | undefined {
  const { pathname } = url
  if (pathname === '/v1/console/session')
    return json({ producer: 'local', keyId: 'k', scopes: batch.scopes, expiresAt: '2030-01-01T00:00:00Z' })
  if (pathname === '/v1/producer') return json({ name: 'local', weight: 1, caps: [], stops: [] })
  if (pathname === '/v1/console/sessions') return json({ sessions: [] })
  const mine = `/v1/batches/${batch.id}`
  if (pathname === mine) return json(batch.view())
  if (pathname === `${mine}/map`) return mapOf(batch)
  if (pathname === `${mine}/rows`) return json(foundIn(batch, url.searchParams))
  if (pathname === `${mine}/edits`) {
    const rows = rowsOfText(url.searchParams.get('rows') ?? '').filter((row) => row <= batch.planes.rows)
    return json({ edits: rows.map((row) => viewOfRow(batch, row)) })
  }
  if (pathname === `${mine}/verdicts`) return json(batch.decideMany(body), 202)
  const operation = /^\/v1\/operations\/(\w+)(\/undo)?$/.exec(pathname)
  if (operation !== null) {
    const found = batch.operation(operation[1] ?? '', operation[2] !== undefined && method === 'POST')
    return found === undefined ? undefined : json(found)
  }
  if (/^\/v1\/edits\/edit-\d+\/sources\/\d+$/.test(pathname))
    return json({ type: 'image/jpeg', bytes: 212_000, width: 1280, height: 960 })
  const waiting = /^\/v1\/edits\/edit-(\d+)\/forecast$/.exec(pathname)
  if (waiting !== null) return json(forecastOf(batch, Number(waiting[1])))
  const edit = /^\/v1\/edits\/edit-(\d+)\/verdict$/.exec(pathname)
  if (edit === null) return tellOfRedos(batch, method, url, body) ?? tellOfFailures(batch, url, body)
  const row = Number(edit[1])
  return batch.decide(row, body)
}

const mapOf = ({ planes }: StandInBatch): Told => ({
  headers: {
    'content-type': 'application/octet-stream',
    'x-restyle-planes': planeNames.join(','),
    'x-restyle-rows': String(planes.rows),
    'x-restyle-version': String(planes.version),
  },
  content: Buffer.concat(planeNames.map((name) => planes[name])),
})

async function showPicture(
  { picture, pictureType, latencyMs }: StandInOptions,
  traffic: Traffic,
  [path, row, take, kind, size]: RegExpExecArray,
  response: ServerResponse,
): Promise<void> {
  traffic.pictures += 1
  traffic.rowsAsked.push(Number(row))
  response.on('close', () => {
    if (response.writableEnded) return
    traffic.givenUp += 1
    traffic.rowsGivenUp.push(Number(row))
  })
  await lateness(latencyMs, path)
  if (response.destroyed) return
  response.writeHead(200, {
    'content-type': pictureType,
    'cache-control': 'private, max-age=31536000, immutable',
  })
  response.end(
    picture(kind === 'images' ? 'after' : 'before', Number(row), size ?? 'full', Number(take ?? 1)),
  )
}

async function lateness(latencyMs: StandInOptions['latencyMs'], path: string): Promise<void> {
  const late = latencyMs?.(path) ?? 0
  if (late > 0) await sleep(late)
}

async function page(pages: string, pathname: string, response: ServerResponse): Promise<void> {
  const name = pathname.slice('/console/'.length)
  const file = name.startsWith('assets/') || extname(name) === '.svg' ? name : 'index.html'
  const content = await readFile(join(pages, file))
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': policy,
  })
  response.end(content)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request) text += String(piece)
  return text
}

const parsed = (text: string): unknown => (text === '' ? undefined : (JSON.parse(text) as unknown))
