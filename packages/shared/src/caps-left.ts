import { amountName, type Currency } from './contract/money.ts'
import type { Cap } from './contract/producer.ts'
import { dayAt } from './days.ts'
import type { Ledger } from './ledger/ledger.ts'

/** What there is left of a cap; `freeMicros` is below 0 where a bill was above what was reserved. */
export type CapLeft = Cap & { billedMicros: number; reservedMicros: number; freeMicros: number }

/** The caps of a producer, and the day that it is for it in its time zone. */
type CapsLeft = { day: string; zone: string; caps: CapLeft[] }

/** Undefined where a producer has no caps. */
export async function capsLeft(
  producer: string,
  ledger: Pick<Ledger, 'now' | 'readProducer' | 'spendOf' | 'usageOf'>,
): Promise<CapsLeft | undefined> {
  const settings = await ledger.readProducer(producer)
  if (settings === undefined || settings.caps.length === 0) return undefined
  const day = dayAt(settings.zone, await ledger.now())
  const [spend, usage] = await Promise.all([ledger.spendOf(producer), ledger.usageOf(producer, day)])
  const usedOf = (per: Cap['per'], currency: Currency) =>
    per === 'total'
      ? {
          billedMicros: spend[amountName('billed', currency)] ?? 0,
          reservedMicros: spend[amountName('reserved', currency)] ?? 0,
        }
      : {
          billedMicros: usage.entries
            .filter((entry) => entry.currency === currency)
            .reduce((sum, { micros }) => sum + micros, 0),
          reservedMicros: usage.reserved[currency] ?? 0,
        }
  const caps = settings.caps.map((cap) => {
    const used = usedOf(cap.per, cap.currency)
    return { ...cap, ...used, freeMicros: cap.micros - used.billedMicros - used.reservedMicros }
  })
  return { day, zone: settings.zone, caps }
}
