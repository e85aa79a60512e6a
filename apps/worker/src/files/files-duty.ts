import type { Filing } from '@restyle/shared/ledger/filing'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { outageOf } from '@restyle/shared/redis/outage'
import { StoreError } from '@restyle/shared/store/store-error'
import { patientDuty } from '../hand/patient-duty.ts'
import type { Pulse } from '../hand/pulse.ts'
import type { HandContext } from '../hand/step.ts'
import { fileBatch, type FilesTools } from './file-batch.ts'

/*
 * Writes the results and the report of batches that have ended into the bucket. A batch ends without it, and its producer
 * is told; when the files are there, it is told once more. One batch at a time, and one worker for each.
 */

export type DutyTools = FilesTools & {
  ledger: FilesTools['ledger'] & Pick<Ledger, 'nextToFile' | 'settleFiling' | 'turn'>
  /** How long after its end the files of a batch are written. */
  afterMs: number
} & Pick<HandContext, 'log'>

/** In one turn; in ms: for how long a turn is kept, how early it is kept on, and when to try again what could not be done. */
const [mostBatches, keptMs, keepOnMs, againMs, dayMs] = [20, 60_000, 20_000, 600_000, 24 * 3600_000]

/** What the duty does at each of its turns. */
export const filesDuty = (tools: DutyTools): ((pulse: Pulse) => Promise<void>) =>
  patientDuty((pulse) => fileEnded(tools, pulse), {
    log: tools.log,
    says: 'results and reports cannot be stored now, and are later',
  })

/** Writes what is due, a bounded number of batches. Gives how many were told. */
export async function fileEnded(
  tools: DutyTools,
  pulse: Pulse,
  now: () => number = performance.now.bind(performance),
): Promise<number> {
  const { ledger, afterMs } = tools
  let told = 0
  for (let turn = 0; turn < mostBatches && !pulse.signal.aborted; turn += 1) {
    const filing = await ledger.nextToFile(afterMs)
    if (filing === undefined) break
    if (await fileOne(filing, tools, pulse, now)) told += 1
  }
  return told
}

async function fileOne(filing: Filing, tools: DutyTools, pulse: Pulse, now: () => number): Promise<boolean> {
  const { ledger, log, afterMs } = tools
  const turn = keepTurn(filing, tools, pulse, now)
  try {
    const outcome = await fileBatch(filing, tools, turn)
    if (outcome === 'told')
      log.info({ batch: filing.batch, number: filing.number }, 'results and report stored')
    await ledger.settleFiling(turn.filing(), { afterMs })
    return outcome === 'told'
  } catch (error) {
    // whatever the worker stops, or somebody else's turn by now
    if (pulse.signal.aborted || turn.signal.aborted) return false
    if (outageOf(error) !== undefined || (error instanceof StoreError && error.kind !== 'refused'))
      throw error
    // one batch keeps no other from its turn
    await ledger.settleFiling(turn.filing(), { afterMs, againMs })
    if (await ledger.turn(`alarm:files:${filing.batch}`, dayMs))
      log.error({ batch: filing.batch, err: error }, 'results and report of a batch cannot be stored')
    return false
  }
}

/** A pulse that keeps the turn as long as the work goes on, and aborts where it is lost. */
function keepTurn(
  first: Filing,
  { ledger, afterMs }: DutyTools,
  pulse: Pulse,
  now: () => number,
): Pulse & { filing: () => Filing } {
  const lost = new AbortController()
  let filing = first
  let keptAt = now()
  let keeping = false
  const keep = async (): Promise<void> => {
    const kept = await ledger.settleFiling(filing, { afterMs, againMs: keptMs })
    if (kept === undefined) lost.abort(new Error('the turn is over'))
    else filing = kept
  }
  return {
    signal: AbortSignal.any([pulse.signal, lost.signal]),
    filing: () => filing,
    beat: () => {
      pulse.beat()
      if (keeping || now() - keptAt < keepOnMs) return
      keeping = true
      keptAt = now()
      void keep()
        // the next beat tries again
        .catch(() => undefined)
        .finally(() => {
          keeping = false
        })
    },
  }
}
