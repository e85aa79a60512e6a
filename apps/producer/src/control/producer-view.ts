import { capsLeft } from '@restyle/shared/caps-left'
import { Cap, limitNames, type ProducerSettings } from '@restyle/shared/contract/producer'
import { type Stop, StopView, viewOfStop } from '@restyle/shared/contract/stop'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { z } from 'zod'

/** What there is left of a cap. */
const CapView = Cap.extend({
  billedMicros: z.int(),
  reservedMicros: z.int(),
  freeMicros: z
    .int()
    .describe('What is neither billed nor reserved; below 0 where a bill was above what was reserved'),
}).meta({ id: 'CapLeft' })

/** A producer, as whoever has a key of it sees it. */
export const ProducerView = z
  .object({
    name: z.string(),
    pausedAt: z.iso
      .datetime()
      .optional()
      .describe('A person has paused it: none of its edits goes until it is resumed'),
    stops: z
      .array(StopView)
      .optional()
      .describe('Why none of its edits goes, where that is so; they go on when the last of these has ended'),
    day: z.string().optional().describe('The day that it is for the producer, where it has caps'),
    zone: z.string().optional().describe('Whose midnight its days begin at, where it has caps'),
    caps: z.array(CapView).optional().describe('What it may cost, and what is left of that'),
    limits: z
      .object({
        rate: z.int().optional().describe('Requests a minute'),
        places: z.int().optional().describe('Streams of events and waiting reads at once'),
        openEdits: z.int().optional().describe('Edits that may be open at once: accepted, and not ended'),
        open: z.int().optional().describe('How many are, where that is limited'),
      })
      .optional()
      .describe('What an admin has set for it; what is left out is as for everybody'),
  })
  .meta({ id: 'Producer', examples: [{ name: 'catalog' }] })

type ViewLedger = Pick<
  Ledger,
  'now' | 'openEditsOf' | 'readProducer' | 'spendOf' | 'stopsOfProducer' | 'usageOf'
>

/** Reads a producer as it is now. */
export async function viewProducer(name: string, ledger: ViewLedger): Promise<z.infer<typeof ProducerView>> {
  const [stops, settings] = await Promise.all([ledger.stopsOfProducer(name), ledger.readProducer(name)])
  if (settings === undefined) return viewOfStops(name, stops)
  const more = await Promise.all([capsLeft(name, ledger), limitsNow(name, settings, ledger)])
  return { ...viewOfStops(name, stops), ...more[0], ...more[1] }
}

async function limitsNow(name: string, settings: ProducerSettings, ledger: ViewLedger) {
  const set = limitNames.flatMap((limit) => (settings[limit] === undefined ? [] : [[limit, settings[limit]]]))
  if (set.length === 0) return {}
  const open = settings.openEdits === undefined ? {} : { open: await ledger.openEditsOf(name) }
  return { limits: { ...(Object.fromEntries(set) as Partial<ProducerSettings>), ...open } }
}

function viewOfStops(name: string, stops: readonly Stop[]) {
  const pausedAt = stops.find(({ reason }) => reason === 'person')?.at
  return {
    name,
    ...(pausedAt === undefined ? {} : { pausedAt: new Date(pausedAt).toISOString() }),
    ...(stops.length === 0 ? {} : { stops: stops.map(viewOfStop) }),
  }
}
