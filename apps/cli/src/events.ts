import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { z } from 'zod'
import type { Api } from './api/api.ts'
import { errorCode } from './error-code.ts'
import type { Io } from './io.ts'
import { hand, say } from './show/say.ts'
import { Stop, type ExitCode } from './stop.ts'

const PAGE = 500
const BACKOFF = { firstMs: 500, lastMs: 15_000 }

const EventsPage = z.object({ events: z.array(z.record(z.string(), z.unknown())), cursor: z.string() })

/** The options of `restyle events`. */
export type EventsOptions = { follow?: true; from?: string }

/** Writes CloudEvents as JSON lines: those there are after `from`, or with `follow` also those to come. */
export async function events({ follow: on, from }: EventsOptions, api: Api, io: Io): Promise<ExitCode> {
  return on === true ? follow(api, from, io) : readAll(api, from, io)
}

async function readAll(api: Api, from: string | undefined, io: Io): Promise<ExitCode> {
  let cursor = from
  for (;;) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === undefined ? {} : { cursor }) })
    const page = await api.call('GET', `/v1/events?${query.toString()}`, EventsPage)
    for (const event of page.events) await hand(io.stdout, `${JSON.stringify(event)}\n`, io.signal)
    if (page.events.length === 0 || page.cursor === cursor) {
      say(io.stderr, `go on from here with: restyle events --from ${page.cursor}`)
      return 0
    }
    cursor = page.cursor
  }
}

/** Reads the stream until Ctrl-C; after a cut it goes on behind the last event that was written. */
async function follow(api: Api, from: string | undefined, io: Io): Promise<ExitCode> {
  let cursor = from
  let waitMs = BACKOFF.firstMs
  const goOn = async (reason: Stop) => {
    if (reason.code !== 'absent' && reason.code !== 'silent') throw reason
    say(io.stderr, `${reason.lines[0]}; trying again`)
    await io.wait(waitMs, io.signal)
    waitMs = Math.min(waitMs * 2, BACKOFF.lastMs)
  }
  for (;;) {
    try {
      for await (const { id, data } of streamed(api, cursor)) {
        await hand(io.stdout, lineOf(data), io.signal)
        cursor = id ?? cursor
        waitMs = BACKOFF.firstMs
      }
      await goOn(new Stop('silent', ['the stream of events was closed']))
    } catch (error) {
      if (io.signal.aborted) return 0
      await goOn(
        error instanceof Stop
          ? error
          : new Stop('silent', [`the stream of events was cut (${errorCode(error)})`]),
      )
    }
  }
}

async function* streamed(api: Api, cursor: string | undefined): AsyncGenerator<EventSourceMessage> {
  const messages: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (message) => messages.push(message) })
  const headers = {
    accept: 'text/event-stream',
    ...(cursor === undefined ? {} : { 'last-event-id': cursor }),
  }
  const decoder = new TextDecoder()
  for await (const chunk of await api.open('/v1/events', headers)) {
    parser.feed(decoder.decode(chunk as Buffer, { stream: true }))
    yield* messages.splice(0)
  }
}

/** One event on one line, however the stream had wrapped it. */
function lineOf(data: string): string {
  try {
    return `${JSON.stringify(JSON.parse(data))}\n`
  } catch {
    throw new Stop('refused', ['the stream of events holds something that is no JSON'])
  }
}
