import { livePlace } from '@restyle/client/live'
import { list, type LiveEvent } from './line-plan.ts'

const kinds = ['map', 'map-reset', 'batch', 'gone', 'ping'] as const
/** A line that says nothing in its first seconds never will: something between holds it back (ms). */
export const firstWordMs = 15_000
/** Silence that means that the line is dead: the producer pings every 15 s. */
export const silenceMs = 40_000

type Asked = {
  looks: readonly string[]
  /** Versions of the maps that the pages have, by the ids of their batches. */
  versions: ReadonlyMap<string, number>
  signal: AbortSignal
  /** The first word has come, and is heard next. */
  opened: () => void
  heard: (event: LiveEvent) => void
}

/** A line to the producer. `hush`: nothing more is heard of it. `over` resolves when it is closed, by whomever, or is silent. */
export type EventLine = { hush: () => void; close: () => void; over: Promise<void> }

export function openLine({ looks, versions, signal, opened, heard }: Asked): EventLine {
  const batches = looks.filter((look) => look !== list)
  const source = new EventSource(`/v1/live${livePlace(batches, { versions, newest: looks.includes(list) })}`)
  const over = Promise.withResolvers<void>()
  let isFirst = true
  let isHushed = false
  const close = () => {
    clearTimeout(silence)
    source.close()
    signal.removeEventListener('abort', close)
    over.resolve()
  }
  // a proxy that holds the answer back lets not even its head through
  let silence = setTimeout(close, firstWordMs)
  for (const event of kinds)
    source.addEventListener(event, ({ data }: MessageEvent<string>) => {
      clearTimeout(silence)
      silence = setTimeout(close, silenceMs)
      if (isHushed) return
      if (isFirst) opened()
      isFirst = false
      heard({ event, data: JSON.parse(data) as unknown })
    })
  source.addEventListener('error', close)
  signal.addEventListener('abort', close)
  return {
    hush: () => {
      isHushed = true
    },
    close,
    over: over.promise,
  }
}
