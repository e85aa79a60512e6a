import type { DayColumns } from './course.ts'

/** A line of the chart and its entry in the legend. `ink`: a token of colour. `dash`: pixels drawn and left out, in turn; empty: all drawn. */
export type ChartLine = {
  label: string
  values: (number | null)[]
  ink: 'accent' | 'warn' | 'bad'
  width: number
  dash: number[]
  /** Whether each day has a point. */
  points: boolean
}

/** The lines of a chart that has something of them, in one order. Each has dashes of its own: colour alone tells nothing. */
export const linesOf = (columns: DayColumns, currency: string): ChartLine[] => {
  const line = (label: string, values: (number | null)[], look: Omit<ChartLine, 'label' | 'values'>) =>
    values.length === 0 ? [] : [{ label: `${label} (${currency})`, values, ...look }]
  const { billed, reserved, expected, rate, cap } = columns
  return [
    ...line('Billed', billed, { ink: 'accent', width: 2, dash: [], points: true }),
    ...line('Reserved', reserved, { ink: 'warn', width: 2, dash: [8, 5], points: true }),
    ...line(rate, expected, { ink: 'accent', width: 2, dash: [2, 4], points: true }),
    ...line('Cap of a day', cap, { ink: 'bad', width: 1, dash: [14, 4, 2, 4], points: false }),
  ]
}
