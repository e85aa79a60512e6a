import { defaultSettings } from '@restyle/shared/contract/producer'
import { dayAt } from '@restyle/shared/days'
import type { LedgerKeys } from '@restyle/shared/ledger/keys'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { changeProducer } from '@restyle/shared/receipt/producer-settings'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { changeBudget } from '@restyle/producer/batch/change-budget'
import type { CapOf } from './actions.ts'
import { batchId, type Intake, producer } from './batch.ts'
import type { Holds } from './holds.ts'
import type { Outside } from './process.ts'
import { pricePerImage } from './vendor.ts'

/*
 * What the batch and the producer may cost, set by the functions of the HTTP routes; and whether more was ever spent.
 */

const log = createLog('silent')
const queues = { hurry: async () => {} }

/** Sets a cap, or ends it. Throws what the store throws. */
export async function setCap(
  { of, images }: { of: CapOf; images: number | null },
  { ledger, store }: Intake,
  redis: RedisClient,
  keys: LedgerKeys,
): Promise<void> {
  const cap = images === null ? undefined : { currency: 'CNY' as const, micros: images * pricePerImage }
  if (of === 'batch') {
    const batch = await ledger.readBatch(batchId)
    if (batch !== undefined) await changeBudget(batch, cap, { ledger, store, queues, log })
    return
  }
  // whoever sets it has a key
  await redis.sadd(keys.producers, producer)
  const { caps } = (await ledger.readProducer(producer)) ?? defaultSettings
  const others = caps.filter(({ per }) => per !== of)
  const change = { caps: cap === undefined ? others : [...others, { ...cap, per: of }] }
  await changeProducer(producer, change, { ledger, store }, Date.now())
}

/** What a process finds outside, with an eye on its admissions: while Redis knows all that was spent none exceeds a cap. */
export function watchCaps(outside: Outside, holds: Holds, past: Readonly<{ forgot: boolean }>): Outside {
  const watched = holds.watch(outside)
  const { ledger } = watched
  return {
    ...watched,
    ledger: {
      ...ledger,
      admit: async (room) => {
        const next = await ledger.admit(room)
        const fault =
          next.kind === 'admitted' && !past.forgot ? await faultOfCaps(ledger, next.edit.batch) : undefined
        if (fault !== undefined) holds.blame(fault)
        return next
      },
    },
  }
}

/** What was just admitted fits under each cap. */
async function faultOfCaps(ledger: Ledger, ofBatch: string): Promise<string | undefined> {
  const [batch, settings] = await Promise.all([ledger.readBatch(batchId), ledger.readProducer(producer)])
  const { reserved = 0, billed = 0 } = await ledger.spendOf(producer)
  if (
    ofBatch === batchId &&
    batch?.budget !== undefined &&
    batch.reserved + batch.billed > batch.budget.micros
  )
    return `I11: ${batch.reserved} reserved and ${batch.billed} billed of the batch are more than ${batch.budget.micros}`
  for (const { per, micros } of settings?.caps ?? [])
    if (per === 'total' && reserved + billed > micros)
      return `I11: ${reserved} reserved and ${billed} billed of the producer are more than ${micros}`
  const day = await dayUsage(ledger, dayAt('UTC', await ledger.now()))
  for (const { per, micros } of settings?.caps ?? [])
    if (per === 'day' && day.reserved + day.billed > micros)
      return `I11: ${day.reserved} reserved and ${day.billed} billed of the day are more than ${micros}`
  return undefined
}

/** What is reserved and billed of a day (CNY), and what the day itself counts as billed. */
export async function dayUsage(ledger: Ledger, day: string) {
  const { entries, reserved, billed } = await ledger.usageOf(producer, day)
  return {
    reserved: reserved.CNY ?? 0,
    billed: entries.reduce((sum, { micros }) => sum + micros, 0),
    counted: billed.CNY ?? 0,
  }
}
