import type { Client } from '@restyle/client/client'
import type { SetProducer } from '@restyle/client/types'
import type { Io } from './io.ts'
import { printLines, writeRaw } from './show/print.ts'
import { type ExitCode, Stop } from './stop.ts'

type Json = { json?: true }
/** `none` takes a limit away. */
type Limit = number | 'none'

export type ProducerFlags = Json & {
  weight?: number
  zone?: string
  rate?: Limit
  places?: Limit
  openEdits?: Limit
}

/** Shows what is set for producers: for one, or for all. */
export async function showProducers(
  name: string | undefined,
  { json }: Json,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const producers = name === undefined ? client.producers.list() : [await client.producers.read(name)]
  return show(producers, json, io)
}

/** Sets what is named of a producer; all else stays. */
export async function setProducer(
  name: string,
  { json, ...settings }: ProducerFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  if (Object.keys(settings).length === 0)
    throw new Stop('input', ['say what to set: --weight, --zone, --rate, --places or --open-edits'])
  const set = Object.entries(settings).map(([what, value]) => [what, value === 'none' ? null : value])
  return show([await client.producers.set(name, Object.fromEntries(set))], json, io)
}

async function show(
  producers: Iterable<SetProducer> | AsyncIterable<SetProducer>,
  json: true | undefined,
  io: Io,
): Promise<ExitCode> {
  for await (const each of producers) {
    if (json === true) await writeRaw(io.stdout, `${JSON.stringify(each)}\n`, io.signal)
    else printLines(io.stdout, lineOf(each))
  }
  return 0
}

function lineOf({ name, weight, zone, caps, rate, places, openEdits }: SetProducer): string {
  const limits = [
    ...(rate === undefined ? [] : [`${rate} requests a minute`]),
    ...(places === undefined ? [] : [`${places} places`]),
    ...(openEdits === undefined ? [] : [`${openEdits} open edits`]),
    ...(caps.length === 0 ? [] : [`${caps.length} caps`]),
  ]
  return [name, `weight ${weight}`, zone, ...limits].join('  ')
}
