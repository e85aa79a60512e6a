import type { Edit } from '@restyle/shared/contract/edit'
import { type Arena, canaries, producers } from './arena.ts'
import type { Held } from './facts.ts'
import type { History } from './history.ts'
import { urlOf } from './gather.ts'

/**
 * The person who decides held edits. He knows what no worker can: from the vendor's console, which task was made from
 * which source. Adopts the edit's own task, or has it submitted again where there is none.
 */
export async function decideHeld(
  arena: Arena,
  edits: readonly Edit[],
  held: Held[],
  history: History,
): Promise<void> {
  for (const { id: editId, state, attempt, producer, request, uncertainBecause: why = '' } of edits) {
    if (state !== 'review') continue
    if (!held.some((each) => each.editId === editId && each.attempt === attempt)) {
      held.push({ editId, attempt, why })
      history.add({ what: 'held', editId, why })
    }
    const [url] = request.images
    const own = [arena.dashscope, arena.elsewhere]
      .flatMap((vendor) => vendor.tasks())
      .filter((task) => urlOf(task, arena.sources.addressOf) === url)
      .findLast((task) => task.state !== 'FAILED' && task.state !== 'CANCELED')
    const decision =
      own === undefined
        ? ({ action: 'resubmit' } as const)
        : ({ action: 'adopt', taskId: own.taskId, force: true } as const)
    const answer = await fetch(`${arena.producer.url}/v1/edits/${editId}/resolution`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${keyOf(producer)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(decision),
    }).catch(() => undefined)
    await answer?.body?.cancel()
    const { action } = decision
    history.add({ what: 'decided', editId, action, answered: answer?.status ?? 0 })
  }
}

const keyOf = (producer: string): string =>
  canaries.producers[producers.findIndex((name) => name === producer)] ?? ''
