import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { Accepted } from '@restyle/shared/ledger/accept'
import { withTimeout } from '@restyle/shared/with-timeout'
import type { IntakeTools } from './tools.ts'

/** Edits per script call. Redis serves nobody else during one call, about 10 ms. */
const chunkSize = 500

const wakePatienceMs = 5_000

/**
 * Writes edits into the ledger and wakes their hands. Edits that are there already are woken again, which changes
 * nothing where they are awake. An edit is accepted once it is written: the sweep makes up for a wake-up that fails.
 */
export async function enqueue(
  { ledger, queues, log }: Pick<IntakeTools, 'ledger' | 'queues' | 'log'>,
  edits: readonly NewEdit[],
): Promise<Accepted[]> {
  const answers: Accepted[] = []
  for (let from = 0; from < edits.length; from += chunkSize) {
    const chunk = edits.slice(from, from + chunkSize)
    const accepted = await ledger.accept(chunk)
    answers.push(...accepted)
    const awake = chunk.filter((_, i) => accepted[i] !== 'conflict')
    const byModel = Map.groupBy(awake, ({ request }) => request.model)
    await Promise.all(
      [...byModel].map(async ([model, ofModel]) => {
        const ids = ofModel.map(({ id }) => id)
        try {
          await withTimeout(wakePatienceMs, queues.wakeQueued(model, ids))
        } catch (error) {
          log.warn({ error, model, edits: ids.length }, 'wake-ups left to the sweep')
        }
      }),
    )
  }
  return answers
}
