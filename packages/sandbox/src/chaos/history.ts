import { createWriteStream } from 'node:fs'
import type { Failpoint } from '@restyle/worker/hand/failpoints'
import type { ProducerPoint } from './producer-points.ts'

/** How an asked process goes on from a point: not at all (killed), later (stopped), with an error, or after it was deaf. */
export type Deed = 'kill' | 'stop' | 'throw' | 'block'

/**
 * Where a process asks how to go on. Besides the house's own, and those of a producer: `untold`, a planted bug has moved an edit and its event is
 * not written yet; `spill-brought`, the bucket has an image that waited on the disk and the ledger does not know;
 * `spill-told`, the ledger knows and the disk still has it;
 * `event-answered`, a webhook's endpoint has answered and nobody else knows.
 */
export type Place = Failpoint | ProducerPoint | 'untold' | 'spill-brought' | 'spill-told' | 'event-answered'

/** What happened, as it was seen by the parent process. `at` in ms since the start of the run. */
export type Happening =
  | { what: 'seed'; seed: number }
  | { what: 'acked'; editId: string; batch?: string; producer: string; url: string }
  | { what: 'point'; point: Place; editId: string; pid: number; deed?: Deed }
  | { what: 'started' | 'left'; pid: number; how?: string }
  | { what: 'killed'; pid: number }
  | { what: 'struck' | 'healed'; fault: string }
  | { what: 'held'; editId: string; why: string }
  | { what: 'decided'; editId: string; action: 'adopt' | 'resubmit'; answered: number }
  | { what: 'ordered'; editId: string; order: string; of: string; answer: object }
  | { what: 'told'; consumer: string; eventId: string; type: string; subject: string }
  | { what: 'ended'; editId: string; state: string }
export type Entry = Happening & { at: number }

/** Everything that happened, in order; also as JSON lines in a file, so that a failure can be read afterwards. */
export type History = {
  entries: readonly Entry[]
  add: (happening: Happening) => void
  close: () => Promise<void>
}

/** Opens the record of a run. */
export function openHistory(file: string): History {
  const entries: Entry[] = []
  const out = createWriteStream(file)
  return {
    entries,
    add: (happening) => {
      const entry = { at: Math.round(performance.now()), ...happening }
      entries.push(entry)
      out.write(`${JSON.stringify(entry)}\n`)
    },
    close: () => new Promise((resolve) => out.end(() => resolve())),
  }
}
