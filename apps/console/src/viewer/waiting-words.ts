import type { Edit, EditForecast } from '@restyle/client/types'
import { count, moment } from '../app/format.ts'
import type { StateName } from '../rows/filter.ts'
import { withTimes } from '../ui/outlook.ts'
import { endWords } from '../ui/price-words.ts'

/** States that a forecast tells something of. */
export const isForetold = (state: StateName): boolean => ['queued', 'submitting', 'running'].includes(state)

/** What a state means for whoever waits for the picture, where no forecast says it. */
const meanings: Partial<Record<StateName, string>> = {
  rendered: 'Its picture is rendered and is being copied into the bucket.',
  uncertain: 'Nobody knows yet whether its task was begun: it is being looked for.',
  review: 'Its task is not known: a person has to decide what becomes of it.',
}

/** Why there is no picture of an edit yet, and when there will be one: a sentence each. `now`: epoch ms. */
export function waitingWords(
  { state, pausedAt }: Pick<Edit, 'state' | 'pausedAt'>,
  told: EditForecast | undefined,
  now: number,
  zone: string,
): string[] {
  const meaning = meanings[state]
  if (meaning !== undefined) return [meaning]
  if (!isForetold(state)) return []
  const { place, forecast } = told ?? {}
  return [
    ...(place === undefined || state !== 'queued' ? [] : [placeWords(place)]),
    ...(pausedAt === undefined ? [] : ['A person has paused it: it goes when it is resumed.']),
    ...(forecast === undefined ? [] : endSentences(forecast, now, zone)),
  ]
}

function placeWords({ ahead, inBatch }: NonNullable<EditForecast['place']>): string {
  if (ahead === 0) return 'It is the next one of yours.'
  const all = `${count(ahead)} of your edits`
  const them = inBatch === undefined || inBatch === 0 ? '' : `, ${count(inBatch)} of this batch`
  return `Before it ${ahead === 1 ? 'goes one of your edits' : `go ${inBatch === undefined ? 'up to ' : ''}${all}`}${them}.`
}

function endSentences(forecast: NonNullable<EditForecast['forecast']>, now: number, zone: string): string[] {
  const { words } = endWords(forecast, now, zone)
  return forecast.kind === 'range'
    ? [words, withTimes(forecast.detail, (time) => moment(time, now, zone))]
    : [words]
}
