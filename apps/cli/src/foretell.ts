import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import type { ForecastAnswer, ForecastRequest } from '@restyle/client/types'
import type { Plan } from '@restyle/manifest/plan-edits'
import type { Io } from './io.ts'
import { errorLines } from './show/error-lines.ts'
import { costText, forecastLines } from './show/forecast-lines.ts'
import { Stop } from './stop.ts'

/** What `foretell` asks about: the flags that hold for all rows. */
export type Foretelling = {
  class?: 'interactive' | 'standard' | 'bulk'
  priority?: number
  finishBy?: string
}

/** `lines`: for people; `answer`: what the producer said, absent where it could not be asked. */
export type Foretold = { lines: string[]; answer?: ForecastAnswer }

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
    return { lines: [...lines, ...forecastLines(answer, io.now()), ...lateLines(answer)], answer }
  } catch (error) {
    if (io.signal.aborted || (!(error instanceof ApiError) && !(error instanceof Stop))) throw error
    // a producer of an older version
    if (error instanceof ApiError && error.status === 404) return { lines }
    const why = error instanceof ApiError ? errorLines(error, '')[0] : error.lines[0]
    return { lines: [...lines, `done: unknown. The producer was not asked: ${why}`] }
  }
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
  { class: rowClass = 'standard', priority, finishBy }: Foretelling,
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
  }
}

const outlooks = {
  met: [],
  open: ['warning: it may be done only after that'],
  missed: ['warning: it will not be done by then'],
  unknown: ['warning: nobody knows whether it will be done by then'],
} as const

const lateLines = ({ finishBy }: ForecastAnswer): string[] =>
  finishBy === undefined ? [] : outlooks[finishBy.outlook].map((line) => `${line} (${finishBy.at})`)

/** CNY that a run may cost without a question. */
export const askAbove = 50

/**
 * Asks on a terminal before more than `askAbove` (CNY) is spent; `yes` answers beforehand. Throws a `Stop` on a no. Where nobody
 * can be asked, nobody is: a pipe, a schedule. Prices that are not known are not asked about.
 */
export async function agree(
  { answer }: Foretold,
  flags: { yes?: true; askAbove?: number },
  io: Io,
): Promise<void> {
  const above = (flags.askAbove ?? askAbove) * 1_000_000
  const dear = answer?.price.some(({ mostMicros }) => mostMicros > above) === true
  if (!dear || flags.yes === true || io.ask === undefined || answer === undefined) return
  const said = await io.ask(`spend ${costText(answer.price)}? (y/n) `)
  if (!/^\s*y(es)?\s*$/i.test(said))
    throw new Stop('interrupted', ['nothing was sent. To run it without a question: --yes or --ask-above'])
}
