import { type Cap, dayRate, daysRate, type SpendFacts } from './cap-outlook.ts'
import { dayAfter, dayIn, dayOf } from './days.ts'
import { columnsOf, type Row } from './spend.ts'

type Value = number | null
const unit = 1_000_000
const hourMs = 3_600_000

/**
 * What a chart of days shows, in units of money by seconds of epoch: what was billed and reserved, how it goes on at the rate of
 * now (`expected`, from the last whole day on), and the cap of a day. Empty: there is none.
 */
export type DayColumns = {
  days: number[]
  billed: Value[]
  reserved: Value[]
  expected: Value[]
  cap: Value[]
}

/**
 * Columns of one currency. `caps` and `facts` of the producer whose rows these are; without them nothing goes on. Today comes
 * to what it does at its rate, each later day to the mean of the last ones; no day exceeds its cap, and all ends with the cap
 * in all.
 */
export function dayColumns(
  rows: readonly Row[],
  currency: string,
  caps: readonly Cap[] = [],
  facts?: SpendFacts,
): DayColumns {
  const [days, billed, reserved] = columnsOf(rows, currency)
  const own = caps.filter((cap) => cap.currency === currency)
  const ahead = facts === undefined || own.length === 0 ? [] : expectedDays(own, facts, days.length)
  const [first] = ahead
  if (facts === undefined || first === undefined)
    return { days, billed, reserved, expected: [], cap: capLine(own, days) }
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
    cap: capLine(own, all),
  }
}

function capLine(caps: readonly Cap[], days: readonly number[]): Value[] {
  const cap = caps.find(({ per }) => per === 'day')
  return cap === undefined ? [] : days.map(() => cap.micros / unit)
}

/** Today and the days after it, a third as many as are shown, until the cap in all is reached. */
function expectedDays(
  caps: readonly Cap[],
  facts: SpendFacts,
  shown: number,
): { day: number; value: number }[] {
  const [daily, inAll] = [caps.find(({ per }) => per === 'day'), caps.find(({ per }) => per === 'total')]
  const currency = (daily ?? inAll)?.currency ?? 'CNY'
  const mean = daysRate(currency, facts)
  const rate = daily === undefined ? mean : dayRate(daily, facts)
  if (mean === undefined || rate === undefined) return []
  const { now, zone, rows } = facts
  const today = dayIn(zone, now)
  const own = rows.find((row) => row.name === today && row.currency === currency)
  const used = own === undefined ? 0 : own.micros + own.reservedMicros
  const most = daily?.micros ?? Infinity
  const rest = (rate.perHour * (dayOf(zone, now).endsAt - now)) / hourMs
  let left = inAll === undefined ? Infinity : Math.max(0, inAll.freeMicros)
  const expected: { day: number; value: number }[] = []
  const add = (day: string, had: number, more: number): void => {
    const some = Math.max(0, Math.min(more, most - had, left))
    left -= some
    expected.push({ day: Date.parse(day) / 1_000, value: (had + some) / unit })
  }
  add(today, used, rest)
  for (let i = 1; i <= Math.max(2, Math.round(shown / 3)) && left > 0; i += 1)
    add(dayAfter(today, i), 0, mean.perHour * 24)
  return expected
}
