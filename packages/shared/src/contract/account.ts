import type { ProducerSettings } from './producer.ts'

/** What an admin has set for a producer, and the number of that version: a higher one counts more. */
export type NumberedSettings = ProducerSettings & { version: number }

/** A line of a producer's day, `billed <lane> <batch>`, `released …` or `images …`, and what it comes to. */
export type UsageLine = { name: string; sum: number }

/** What the bucket knows of a producer. `totals`: what it has had in all, by `billed` or `billed.<currency>`. */
export type Recalled = {
  settings?: NumberedSettings
  totals: Readonly<Record<string, number>>
  days: readonly { day: string; lines: readonly UsageLine[] }[]
}
