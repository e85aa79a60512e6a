import type { Forecast } from './forecast.ts'

/** Whether rows are done by then: `open` where the end may be before it or after it. */
export type Outlook = 'met' | 'open' | 'missed' | 'unknown'

/** `finishBy` in epoch ms. What stops for want of money is not done by then. */
export function outlookOf(told: Forecast, finishBy: number): Outlook {
  if (told.kind === 'stops') return 'missed'
  if (told.kind === 'unknown') return 'unknown'
  if (told.end.to <= finishBy) return 'met'
  return told.end.from > finishBy ? 'missed' : 'open'
}
