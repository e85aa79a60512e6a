import { type Cap, rateName, rateOf, type SpendFacts, usedOf } from './cap-outlook.ts'
import { dayAfter, dayIn, dayOf } from './days.ts'
import { columnsOf, type Row } from './spend.ts'

type Value = number | null
const unit = 1_000_000
const hourMs = 3_600_000

/**
 * What a chart of days shows, in units of money by seconds of epoch: what was billed and reserved, how it goes on (`expected`, from
 * the last whole day on; `rate`: how that is called), and the cap of a day. Empty: there is none.
 */
export type DayColumns = {
  days: number[]
  billed: Value[]
  reserved: Value[]
  expected: Value[]
  rate: string
  cap: Value[]
}

/**
 * Columns of one currency. `caps` and `facts` of the producer whose rows these are; without them nothing goes on. What goes on is
 * what the card of a cap says: that of a day where there is one, else that in all. Today and each later day have its rate.
 */
export function dayColumns(
  rows: readonly Row[],
  currency: string,
  caps: readonly Cap[] = [],
  facts?: SpendFacts,
): DayColumns {
  const [days, billed, reserved] = columnsOf(rows, currency)
  const own = caps.filter((cap) => cap.currency === currency)
  const daily = own.find(({ per }) => per === 'day')
  const capLine = (of: readonly number[]): Value[] =>
    daily === undefined ? [] : of.map(() => daily.micros / unit)
  const capped = daily ?? own[0]
  const { rate, ahead } =
    facts === undefined || capped === undefined ? nothing : expectedDays(capped, facts, days.length)
  const [first] = ahead
  if (first === undefined) return { days, billed, reserved, expected: [], rate, cap: capLine(days) }
  // a line begins where something is known
  const before = days.findLastIndex((day) => day < first.day)
  const all = [...new Set([...days, ...ahead.map(({ day }) => day)])].toSorted((a, b) => a - b)
  const of = (values: readonly number[]) => all.map((day) => values[days.indexOf(day)] ?? null)
  return {
    days: all,
    billed: of(billed),
    reserved: of(reserved),
    expected: all.map((day) =>
      day === days[before]
        ? (billed[before] ?? 0) + (reserved[before] ?? 0)
        : (ahead.find((each) => each.day === day)?.value ?? null),
    ),
    rate,
    cap: capLine(all),
  }
}

type Ahead = { rate: string; ahead: { day: number; value: number }[] }
const nothing: Ahead = { rate: '', ahead: [] }

/**
 * Today and the days after it, a third as many as are shown. No day exceeds a cap of a day; one in all ends them where it is
 * reached.
 */
function expectedDays(cap: Cap, facts: SpendFacts, shown: number): Ahead {
  const rate = rateOf(cap, facts)
  if (rate === undefined) return nothing
  const { now, zone, rows } = facts
  const today = dayIn(zone, now)
  const own = rows.find((row) => row.name === today && row.currency === cap.currency)
  const spent = own === undefined ? 0 : own.micros + own.reservedMicros
  const isDaily = cap.per === 'day'
  // the card says what the cap has
  const used = isDaily ? usedOf(cap) : spent
  const rest = (rate.perHour * (dayOf(zone, now).endsAt - now)) / hourMs
  let left = isDaily ? Infinity : Math.max(0, cap.freeMicros)
  const ahead: Ahead['ahead'] = []
  const add = (day: string, had: number, more: number): void => {
    const some = Math.max(0, Math.min(more, isDaily ? cap.micros - had : left))
    left -= some
    ahead.push({ day: Date.parse(day) / 1_000, value: (had + some) / unit })
  }
  add(today, used, rest)
  for (let i = 1; i <= Math.max(2, Math.round(shown / 3)) && left > 0; i += 1)
    add(dayAfter(today, i), 0, rate.perHour * 24)
  return { rate: rateName(rate), ahead }
}
