import type { Lane } from '@restyle/client/types'
import { ago, counted, moment, money } from '../app/format.ts'

/** A figure as it is shown, and what it means. */
export type Told = { words: string; meaning: string; bad?: boolean }

type Limit = Lane['limits']['submits']
type Now = NonNullable<Lane['now']>

/** `5`; `0 of 5` where less goes than is configured. */
const limitWords = ({ perSecond, configured }: Limit): string =>
  perSecond < configured ? `${perSecond} of ${configured}` : String(perSecond)

export const submitsOf = ({ limits: { submits } }: Lane): Told => ({
  words: limitWords(submits),
  meaning: `Edits that may be submitted in a second now. ${submits.because?.detail ?? 'Nothing holds it back.'}`,
  ...(submits.because === undefined ? {} : { bad: true }),
})

/** `4.2 of 20`: asked, of what the account may ask. */
export function queriesOf({ limits: { queries }, now }: Lane): Told {
  const meaning =
    'Questions about tasks that were sent in a second, over the last minute, of what the account may send. Lanes of one account share that.'
  if (now === undefined || queries === undefined) return { words: unknown, meaning }
  const words = `${rate(now.queriesPerSecond)} of ${queries.configured}`
  return queries.because === undefined
    ? { words, meaning }
    : { words: `${words}, none now`, meaning: `${queries.because.detail} ${meaning}`, bad: true }
}

/** `3 in the last hour, 2 min ago`. `at`: epoch ms. */
export function throttledOf({ now }: Lane, at: number): Told {
  const meaning =
    'Answers of the vendor that said that there were too many calls, of submits and of questions.'
  if (now === undefined) return { words: unknown, meaning }
  const { submits, queries, since, last } = now.throttled
  const span = spanWords(since, at)
  if (submits + queries === 0) return { words: `none in ${span}`, meaning }
  const when = last === undefined ? '' : `, the last ${ago(last.at, at)}`
  const parts = `${counted(submits, 'submit')}, ${counted(queries, 'question')}`
  const code = last === undefined ? '' : ` The last one: ${last.code}.`
  return {
    words: `${submits + queries} in ${span}${when}`,
    meaning: `${meaning} ${parts}.${code}`,
    bad: true,
  }
}

/** `0.5 s, 1.2 s`: half of the ends were seen within the first, and all but one in twenty within the second. */
export function lagWords({ now }: Lane): Told {
  const meaning =
    'How long a task had ended before it was seen: meanwhile its slot stands idle. Half of them within the first time, 95 % within the second.'
  if (now?.lag === undefined) return { words: now === undefined ? unknown : 'no end seen yet', meaning }
  const { tasks, p50Ms, p95Ms } = now.lag
  return {
    words: `${seconds(p50Ms)}, ${seconds(p95Ms)}`,
    meaning: `${meaning} Of the last ${counted(tasks, 'task')}.`,
  }
}

export function priceOf({ price }: Lane): Told {
  if (price === undefined) return { words: unknown, meaning: 'What one image costs.' }
  const source =
    price.source === 'models'
      ? 'It is the price of the table of models.'
      : 'It is set for this lane; the table of models has another one.'
  return { words: money(price.micros, price.currency), meaning: `What one image costs. ${source}` }
}

/** What holds the lane, beside the pauses that are told anyway. */
export function heldBy({ limits: { submits } }: Lane, at: number, zone: string): string | undefined {
  const { because } = submits
  if (because === undefined || because.code === 'person' || because.code === 'vendor') return undefined
  const until = because.until === undefined ? '' : ` Until ${exactTime(because.until, at, zone)}.`
  return `${because.detail}${until}`
}

/** What it does where nothing holds it. */
export const doesOf = ({ running, slots }: Pick<Lane, 'running' | 'slots'>): string =>
  running === 0 ? 'ready, nothing runs' : running < slots ? 'works' : 'works, every slot is in use'

const unknown = 'not known'

const rate = (perSecond: number): string =>
  perSecond === 0 ? '0' : perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond))

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** `the last hour`, `the last 12 min`: since when it is counted. */
function spanWords(since: Now['throttled']['since'], at: number): string {
  const minutes = Math.max(1, Math.round((at - Date.parse(since)) / 60_000))
  return minutes >= 59 ? 'the last hour' : `the last ${minutes} min`
}

/** `12:04:31`, with the day where it is another one. */
function exactTime(iso: string, at: number, zone: string): string {
  const shown = moment(iso, at, zone)
  const second = new Date(iso).toISOString().slice(17, 19)
  return `${shown}:${second}`
}
