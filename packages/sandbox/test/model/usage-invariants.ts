import { dayAfter, dayAt } from '@restyle/shared/days'
import { producer } from './batch.ts'
import { dayUsage } from './caps.ts'
import { ledElsewhere, type SmallWorld } from './small-world.ts'
import { pricePerImage } from './vendor.ts'

/** What all days of a sequence have together is what the producer has, and no more than the vendor bills. */
export async function faultOfUsage({ ledger, vendor, past, now }: SmallWorld): Promise<string | undefined> {
  const { reserved = 0, billed = 0 } = await ledger.spendOf(producer)
  const sum = { reserved: 0, billed: 0 }
  const last = dayAt('UTC', now())
  for (let day = '2027-01-14'; day <= last; day = dayAfter(day)) {
    const usage = await dayUsage(ledger, day)
    sum.reserved += usage.reserved
    sum.billed += usage.billed
    if (usage.counted !== usage.billed)
      return `I7: the lines of ${day} have ${usage.billed} billed, and the day ${usage.counted}`
  }
  if (sum.billed !== billed) return `I7: the days have ${sum.billed} billed, and the producer ${billed}`
  if (sum.reserved !== reserved)
    return `I7: the days have ${sum.reserved} reserved, and the producer ${reserved}`
  const bill = vendor.tasks.filter(({ state }) => state === 'succeeded').length * pricePerImage
  // what was lost for good, or is held, was billed and is not known
  const calm = !past.forgot && !past.away && past.refused.size === 0 && !ledElsewhere(past)
  if (billed > bill || (calm && billed !== bill))
    return `I7: ${billed} counted, and the vendor billed ${bill}`
  return undefined
}
