import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import type { Budget, ForecastAnswer, ForecastRequest } from '@restyle/client/types'
import { moneyText } from '@restyle/dashscope/money'
import type { Plan } from '@restyle/manifest/plan-edits'
import type { Io } from './io.ts'
import { errorLines } from './show/error-lines.ts'
import { costText, forecastLines, paysForNone } from './show/forecast-lines.ts'
import { clockText } from './show/when-text.ts'
import { Stop } from './stop.ts'

/** What `foretell` asks about: what holds for all rows. */
export type Foretelling = {
  class?: 'interactive' | 'standard' | 'bulk'
  priority?: number
  finishBy?: string
  budget?: Budget
  window?: NonNullable<ForecastRequest['window']>
}

/** `lines`: for people; `answer`: what the producer said, absent where it could not be asked; `refusal`: why it would take none. */
export type Foretold = { lines: string[]; answer?: ForecastAnswer; refusal?: string }

const [prompts, promptWidth] = [3, 160]

/**
 * What is known of a plan before it is sent: its first three filled prompts, and from the producer the price on the lanes that
 * would take it and when it would be done. Nothing is enqueued. Without a producer it says so: a plan can be looked at anywhere.
 */
export async function foretell(
  plan: Plan,
  asked: Foretelling,
  open: () => Promise<Client>,
  io: Io,
): Promise<Foretold> {
  const lines = await promptLines(plan)
  if (plan.edits === 0) return { lines }
  try {
    const client = await open()
    const answer = await client.forecasts.ask(requestOf(plan, asked), { signal: io.signal })
    const now = io.now()
    const refusal = refusalOf(answer)
    const told = [...lines, ...forecastLines(answer, now), ...lateLines(answer, now)]
    return { lines: told, answer, ...(refusal !== undefined && { refusal }) }
  } catch (error) {
    if (io.signal.aborted || (!(error instanceof ApiError) && !(error instanceof Stop))) throw error
    // a producer of an older version
    if (error instanceof ApiError && error.status === 404) return { lines }
    const why = error instanceof ApiError ? errorLines(error, '')[0] : error.lines[0]
    return { lines: [...lines, `done: unknown. The producer was not asked: ${why}`] }
  }
}

/** An edit that costs more than the whole budget could never go: the producer refuses the run. */
function refusalOf({ forecast: told, left }: ForecastAnswer): string | undefined {
  const budget = left.find(({ of }) => of === 'budget')
  if (!paysForNone(told) || budget === undefined) return undefined
  return `--budget: ${moneyText(budget)} is less than one edit costs, so nothing is sent: give more`
}

/** The first three prompts as they were filled. */
export async function promptLines(plan: Plan): Promise<string[]> {
  const lines: string[] = []
  for await (const { edit } of plan.planned()) {
    const prompt = edit.prompt.replaceAll(/\s+/g, ' ')
    const text = prompt.length > promptWidth ? `${prompt.slice(0, promptWidth - 1)}…` : prompt
    lines.push(`prompt of ${edit.key}: ${text}`)
    if (lines.length === Math.min(prompts, plan.edits)) break
  }
  return lines
}

/** The rows of each model are taken to be alike. */
function requestOf(
  plan: Plan,
  { class: rowClass = 'standard', priority, finishBy, budget, window }: Foretelling,
): ForecastRequest {
  const all = [...plan.images.values()].reduce((sum, count) => sum + count, 0)
  return {
    rows: [...plan.images].map(([model, images]) => ({
      model,
      class: rowClass,
      rows: Math.max(1, Math.round((plan.edits * images) / all)),
      images,
    })),
    ...(priority === undefined ? {} : { priority }),
    ...(finishBy === undefined ? {} : { finishBy }),
    ...(budget === undefined ? {} : { budget }),
    ...(window === undefined ? {} : { window }),
  }
}

const outlooks = {
  met: [],
  open: ['it may be done only after'],
  missed: ['it will not be done by'],
  unknown: ['nobody knows whether it will be done by'],
} as const

/** What is said of the time by which it should be done. */
const lateTexts = ({ finishBy }: ForecastAnswer, now: number): string[] =>
  finishBy === undefined
    ? []
    : outlooks[finishBy.outlook].map((text) => `${text} ${clockText(Date.parse(finishBy.at), now)}`)

const lateLines = (answer: ForecastAnswer, now: number): string[] =>
  lateTexts(answer, now).map((text) => `warning: ${text}`)

/** CNY that a run may cost without a question. */
export const askAbove = 50

/**
 * Asks on a terminal before more than `askAbove` (CNY) is spent, or where it will not be done in time; `yes` answers beforehand.
 * Throws a `Stop` on a no. Where nobody can be asked, nobody is: a pipe, a schedule. Prices that are not known are not asked about.
 */
export async function agree(
  { answer }: Foretold,
  flags: { yes?: true; askAbove?: number },
  io: Io,
): Promise<void> {
  if (answer === undefined || flags.yes === true || io.ask === undefined) return
  const above = (flags.askAbove ?? askAbove) * 1_000_000
  const dear = answer.price.some(({ mostMicros }) => mostMicros > above)
  const late = answer.finishBy?.outlook === 'missed' ? lateTexts(answer, io.now()) : []
  if (!dear && late.length === 0) return
  const ask = dear ? `spend ${costText(answer.price)}?` : 'run it all the same?'
  const said = await io.ask(`${[...late, ask].join('; ')} (y/n) `)
  if (!/^\s*y(es)?\s*$/i.test(said))
    throw new Stop('interrupted', ['nothing was sent. To run it without a question: --yes or --ask-above'])
}
