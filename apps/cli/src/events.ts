import type { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import type { Gap } from '@restyle/client/types'
import type { Io } from './io.ts'
import { errorLines } from './show/error-lines.ts'
import { onceTold } from './show/once-told.ts'
import { printLines, writeRaw } from './show/print.ts'
import type { ExitCode } from './stop.ts'

/** The flags of `restyle events`. */
export type EventsFlags = { follow?: true; from?: string }

/** Writes CloudEvents as JSON lines: those that exist after `from`, and with `follow` also those to come. */
export async function events({ follow: on, from }: EventsFlags, client: Client, io: Io): Promise<ExitCode> {
  return on === true ? follow(client, from, io) : readAll(client, from, io)
}

async function readAll(client: Client, from: string | undefined, io: Io): Promise<ExitCode> {
  let last = from
  for await (const page of client.events.pages(from === undefined ? {} : { cursor: from })) {
    if (page.gap !== undefined) printLines(io.stderr, gapLine(page.gap))
    for (const event of page.events) await writeRaw(io.stdout, `${JSON.stringify(event)}\n`, io.signal)
    last = page.cursor
  }
  printLines(io.stderr, `continue from here with: restyle events --from ${last}`)
  return 0
}

/** Reads the stream until Ctrl-C, and says where it was then. */
async function follow(client: Client, from: string | undefined, io: Io): Promise<ExitCode> {
  let last = from === 'now' ? undefined : from
  const trouble = onceTold((line) => printLines(io.stderr, line))
  const onBreak = (error: ApiError) => trouble.say(`${errorLines(error, client.url)[0]}; trying again`)
  const onPlace = (cursor: string) => {
    last = cursor
    trouble.reset()
  }
  try {
    for await (const { cursor, event } of client.events.follow({
      ...(from === undefined ? {} : { after: from }),
      onBreak,
      onPlace,
      onGap: (gap) => printLines(io.stderr, gapLine(gap)),
    })) {
      await writeRaw(io.stdout, `${JSON.stringify(event)}\n`, io.signal)
      onPlace(cursor)
    }
    return 0
  } catch (error) {
    if (!io.signal.aborted) throw error
    if (last !== undefined)
      printLines(io.stderr, `continue from here with: restyle events --follow --from ${last}`)
    return 0
  }
}

const gapLine = ({ after, upTo }: Gap): string => `events after ${after}, up to ${upTo}, are no longer kept`
