import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** What a stream of Server-Sent Events says: an event, or with an `id` alone where the reader is. */
export type Frame = { kind: 'event'; message: EventSourceMessage } | { kind: 'place'; cursor: string }

/**
 * Reads a stream piece by piece. A block that holds an `id` and no data dispatches nothing and still says where the reader
 * is, as in every EventSource; the parser drops it, so it is read here. A block that a break has cut in two has not come.
 */
export function openFrames(): { feed: (text: string) => Frame[] } {
  const arrived: Frame[] = []
  const parser = createParser({ onEvent: (message) => arrived.push({ kind: 'event', message }) })
  let rest = ''
  let block: { id?: string; data: boolean } = { data: false }
  const endLine = (line: string): void => {
    parser.feed(`${line}\n`)
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (line === '') {
      if (block.id !== undefined && !block.data) arrived.push({ kind: 'place', cursor: block.id })
      block = { data: false }
    } else if (field === 'data') block.data = true
    else if (field === 'id' && value !== '' && !value.includes('\0')) block.id = value
  }
  return {
    feed(text) {
      // a carriage return may be half of the end of a line
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      for (const line of lines) endLine(line)
      return arrived.splice(0)
    },
  }
}
