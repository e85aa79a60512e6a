import { once } from 'node:events'
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const dayMs = 86_400_000
const dayOf = (ms: number): number => Math.floor(ms / dayMs)

/**
 * `at` (epoch ms) is told as `as`; an hour around it lasts `speed` times as long, all else is moved by whole days. `names`: addresses of
 * this run, and what they are called.
 */
export type FixedTimes = { at: number; as: number; speed: number; names?: Readonly<Record<string, string>> }

/** A time (epoch ms) as pages are told it. */
export function toldTime({ at, as, speed }: FixedTimes, time: number): number {
  const apart = time - at
  if (Math.abs(apart) > 3_600_000) return time - (dayOf(at) - dayOf(as)) * dayMs
  // seconds alone: a run is never as fast as another
  return Math.floor((as + apart * speed) / 1_000) * 1_000
}

/** The same text with other times: `2026-11-26T12:00:00.123Z` and `2026-11-26`. */
export const toldText = (times: FixedTimes, text: string): string =>
  Object.entries(times.names ?? {})
    .reduce((so, [address, name]) => so.replaceAll(address, name), text)
    .replaceAll(/\b\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(?:\.\d{3})?Z)?\b/g, (found, clock: string | undefined) =>
      clock === undefined
        ? movedDay(found, dayOf(times.as) - dayOf(times.at))
        : new Date(toldTime(times, Date.parse(found))).toISOString(),
    )

const movedDay = (day: string, by: number): string =>
  new Date(Date.parse(day) + by * dayMs).toISOString().slice(0, 10)

/** Passes calls on to a producer, and its texts back with fixed times: a page is told the same whenever it is looked at. */
export async function startFixedTimes(producer: string, times: FixedTimes) {
  const { host, hostname, port } = new URL(producer)
  const server = createServer((request, response) => {
    const back = dayOf(times.at) - dayOf(times.as)
    const path = (request.url ?? '').replaceAll(/\d{4}-\d\d-\d\d\b/g, (day) => movedDay(day, back))
    const headers = { ...request.headers, 'accept-encoding': 'identity' }
    const asked = ask({ hostname, port, path, method: request.method, headers }, (answer) =>
      passOn(answer, response, times),
    )
    asked.on('error', () => response.destroy())
    response.on('close', () => asked.destroy())
    request.pipe(asked)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://${host.split(':')[0]}:${(server.address() as AddressInfo).port}`,
    async stop(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function passOn(answer: IncomingMessage, response: ServerResponse, times: FixedTimes): void {
  const { 'content-length': length, ...headers } = answer.headers
  const isText = /json|event-stream/.test(headers['content-type'] ?? '')
  response.writeHead(answer.statusCode ?? 502, {
    ...headers,
    ...(isText || length === undefined ? {} : { 'content-length': length }),
  })
  if (!isText) return void answer.pipe(response)
  answer.setEncoding('utf8')
  let kept = ''
  answer.on('data', (piece: string) => {
    const lines = (kept + piece).split('\n')
    // a time never goes beyond the end of its line
    kept = lines.pop() ?? ''
    if (lines.length > 0) response.write(`${toldText(times, lines.join('\n'))}\n`)
  })
  answer.on('end', () => response.end(toldText(times, kept)))
}
