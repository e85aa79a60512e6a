import type { Batch, Producer } from '@restyle/client/types'
import { withTimes } from '../ui/outlook.ts'

/** Why a batch stands still, and where that is changed where it is money. */
export type Standstill = { words: string; link?: { to: string; text: string } }

/** Undefined where it goes on, or has ended. `at`: a time as people read it. */
export function standstillOf(
  { id, completedAt, stops: own = [] }: Pick<Batch, 'id' | 'completedAt' | 'stops'>,
  { stops: ofProducer = [] }: Pick<Producer, 'stops'>,
  at: (time: string) => string,
): Standstill | undefined {
  if (completedAt !== undefined) return undefined
  if (own.some(({ reason }) => reason === 'person')) return { words: 'paused' }
  const said = ({ reason, detail }: NonNullable<Batch['stops']>[number]): string =>
    `stopped: ${withTimes(detail ?? reason, at)}`
  const money = own.find(({ reason }) => reason === 'budget')
  if (money !== undefined)
    return {
      words: said(money),
      link: { to: `/batches/${id}?raise=budget`, text: 'Raise its budget' },
    }
  const cap = ofProducer.find(({ reason }) => reason === 'budget' || reason === 'day')
  if (cap !== undefined) return { words: said(cap), link: { to: '/spend', text: 'Look at the caps' } }
  if (ofProducer.some(({ reason }) => reason === 'person'))
    return { words: 'stopped: its producer is paused' }
  const [stop] = own
  return stop === undefined ? undefined : { words: said(stop) }
}
