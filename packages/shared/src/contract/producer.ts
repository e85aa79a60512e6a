import { z } from 'zod'
import { faultOfZone } from '../zone/wall-clock.ts'
import { Budget, type Currency } from './money.ts'

/** How much a producer gets of a model beside others who wait: twice the weight, twice the images. */
export const Weight = z.int().min(1).max(1_000)
export type Weight = z.infer<typeof Weight>

/** What a producer may cost: in all, or in each of its days. */
export const Cap = Budget.extend({
  per: z.enum(['total', 'day']).describe('`total`: ever. `day`: in each day of its time zone'),
}).meta({ id: 'Cap', examples: [{ per: 'day', currency: 'CNY', micros: 100_000_000 }] })
export type Cap = z.infer<typeof Cap>

/** One of each kind and currency. */
export const Caps = z
  .array(Cap)
  .max(4)
  .refine((caps) => new Set(caps.map(({ per, currency }) => `${per} ${currency}`)).size === caps.length, {
    error: 'has two caps of one kind in one currency',
  })
export type Caps = z.infer<typeof Caps>

export const TimeZone = z
  .string()
  .max(64)
  .refine((zone) => faultOfZone(zone) === undefined, {
    error: 'is no time zone, such as Europe/Paris or Asia/Shanghai',
  })
export type TimeZone = z.infer<typeof TimeZone>

/** How many requests a minute a producer may send, over all its keys. */
export const Rate = z.int().min(1).max(1_000_000)

/** How many of a producer may stay connected and wait for events at once, on each process. */
export const PlacesEach = z.int().min(1).max(10_000)

/** How many edits of a producer may be open at once: accepted, and not ended. Rows of batches count. */
export const OpenEdits = z.int().min(1).max(1_000_000_000)

/** What an admin has set for a producer. `zone`: whose midnight its days begin at. A limit that is left out is as for everybody. */
export const ProducerSettings = z.object({
  weight: Weight,
  caps: Caps,
  zone: TimeZone,
  rate: Rate.optional(),
  places: PlacesEach.optional(),
  openEdits: OpenEdits.optional(),
})
export type ProducerSettings = z.infer<typeof ProducerSettings>

/** What is set otherwise; `null` takes a limit away again. */
export type SettingsChange = { [Name in keyof ProducerSettings]?: ProducerSettings[Name] | null }

/** The limits of a producer that are numbers alone. */
export const limitNames = ['rate', 'places', 'openEdits'] as const satisfies (keyof ProducerSettings)[]

export const defaultSettings: ProducerSettings = { weight: 1, caps: [], zone: 'UTC' }

/** Caps as the ledger's scripts read them: by kind and currency. */
export type CapsByKind = Partial<Record<Cap['per'], Partial<Record<Currency, number>>>>

export function capsByKind(caps: Caps): CapsByKind {
  const byKind: CapsByKind = {}
  for (const { per, currency, micros } of caps) byKind[per] = { ...byKind[per], [currency]: micros }
  return byKind
}
