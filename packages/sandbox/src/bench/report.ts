import { rounded } from './figures.ts'

/** What a figure must be. */
export type Asked = { at: 'least' | 'most'; bound: number }

/** One measured number. `beside`: the same number of what it is compared with, from the same run. */
export type Figure = {
  name: string
  value: number
  unit: string
  asked?: Asked
  beside?: number
}

export const atLeast = (bound: number): Asked => ({ at: 'least', bound })
export const atMost = (bound: number): Asked => ({ at: 'most', bound })

/** How many times as much something needs as the bare page beside it; at most so many are asked. */
export const timesBare = (name: string, value: number, bound: number): Figure => ({
  name: `${name}, times the bare page`,
  unit: '',
  value,
  asked: atMost(bound),
})

const textOf = ({ at, bound }: Asked): string => `${at === 'least' ? '>=' : '<='} ${bound}`

/** A figure of which nothing is asked is met. One that is no number is not. */
const isMet = ({ value, asked }: Figure): boolean => {
  if (asked === undefined) return true
  return asked.at === 'least' ? value >= asked.bound : value <= asked.bound
}

/** Whether every figure is what was asked for. */
export const allMet = (figures: readonly Figure[]): boolean => figures.every(isMet)

/** What `--json` prints: `{ bench, figures: [{ name, value, unit, asked, ok, beside }] }`, absent ones as null; `more` comes after. */
export const asJson = (bench: string, figures: readonly Figure[], more: object = {}): string =>
  JSON.stringify(
    {
      bench,
      figures: figures.map((figure) => ({
        name: figure.name,
        value: rounded(figure.value),
        unit: figure.unit,
        asked: figure.asked === undefined ? null : textOf(figure.asked),
        ok: isMet(figure),
        beside: figure.beside === undefined ? null : rounded(figure.beside),
      })),
      ...more,
    },
    undefined,
    2,
  )

/** The same as lines for a person. `beside` names what the figures are compared with. */
export function asLines(figures: readonly Figure[], beside = 'beside'): string[] {
  const rows = figures.map((figure) => [
    figure.name,
    `${rounded(figure.value)}${figure.unit === '' ? '' : ` ${figure.unit}`}`,
    figure.beside === undefined ? '' : String(rounded(figure.beside)),
    figure.asked === undefined ? '' : `${textOf(figure.asked)} asked: ${isMet(figure) ? 'met' : 'NOT met'}`,
  ])
  const table = [
    ['', 'measured', figures.some((each) => each.beside !== undefined) ? beside : '', ''],
    ...rows,
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('   ')
      .trimEnd(),
  )
}
