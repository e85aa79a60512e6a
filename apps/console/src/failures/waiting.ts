import type { Lane } from '@restyle/client/types'
import { ago, counted } from '../app/format.ts'

/** What waits and has not failed: `code` as the vendor says it, where it does. `last`: when it was met last. `holds`: nothing goes now. */
export type Waiting = {
  id: string
  lane: string
  code: string | undefined
  holds: boolean
  why: string
  last: string
}

/** What somebody may have to put right; a person's pause, or a worker that is not there, is told on the page of lanes. */
const told = ['throttled', 'vendor', 'bucket']

/** Lanes that the vendor or the bucket keeps back now, and those that were throttled in the last hour. `now`: epoch ms. */
export const waitingLanes = (lanes: readonly Lane[], now: number): Waiting[] =>
  lanes.flatMap(({ id, name, limits, now: measured }) => {
    const because = [limits.submits.because, limits.queries?.because].find(
      (each) => each !== undefined && told.includes(each.code),
    )
    const { submits = 0, queries = 0, last } = measured?.throttled ?? {}
    if (because === undefined && submits + queries === 0) return []
    const isThrottled = because === undefined || because.code === 'throttled'
    return [
      {
        id,
        lane: name,
        code: isThrottled ? last?.code : undefined,
        holds: because !== undefined,
        why:
          because?.detail ??
          `The vendor had enough ${counted(submits + queries, 'time')} in the last hour. What it turned away was sent again.`,
        last: because !== undefined ? 'now' : last === undefined ? '–' : ago(last.at, now),
      },
    ]
  })
