import type { DashScope } from '@restyle/dashscope/client'
import type { Edit } from '@restyle/shared/contract/edit'
import { writeIntent } from '@restyle/shared/receipt/receipt'
import type { Lane } from '@restyle/worker/lane/lane'
import { laneReaching } from '@restyle/worker/lane/lane-reaching'
import type { ReconcileTools } from '@restyle/worker/reconcile/reconcile'
import { type Hands, place, world } from './open-hands.ts'

const minute = 60_000

/** What `reconcile` works with on a machine that has these lanes. */
export const reconcileTools = (
  hands: Hands,
  lanes: readonly Lane[],
  more: Partial<ReconcileTools> = {},
): ReconcileTools => ({
  ...hands.context,
  laneOf: (edit) => laneReaching(lanes, edit),
  settleMs: minute,
  skewMs: 1_000,
  onUnknown: 'hold',
  place,
  ...more,
})

/** An uncertain edit whose lease ended `agoMs` ago, with its receipt. */
export async function uncertainEdit(
  hands: Hands,
  fields: Record<string, unknown> = {},
  agoMs = 2 * minute,
): Promise<Edit> {
  await hands.standing('e', 'uncertain')
  const leaseUntil = (await hands.ledger.now()) - agoMs
  const plain = { looks: undefined, returned: undefined, said: undefined, world }
  const edit = await hands.rewrite('e', { ...plain, intentAt: leaseUntil - 9_000, leaseUntil, ...fields })
  await writeIntent(hands.store, edit, 'somebody')
  return edit
}

/** A page of the vendor's list. */
export const page = (...taskIds: string[]) => ({
  kind: 'page' as const,
  items: taskIds.map((taskId) => ({
    taskId,
    state: 'succeeded' as const,
    rawStatus: '',
    model: '',
    createdAt: 1,
  })),
  total: taskIds.length,
  totalPages: 1,
  page: 1,
})

/** A vendor that lists these tasks, each with the picture of the edit. */
export const listing = (...taskIds: string[]): Pick<DashScope, 'list' | 'task'> => ({
  list: async () => page(...taskIds),
  task: async (taskId) => {
    const images = [{ url: 'https://vendor.test/i.png', expiresAt: undefined, origPrompt: 'make it blue' }]
    return {
      kind: 'task',
      task: {
        taskId,
        state: 'succeeded',
        rawStatus: 'SUCCEEDED',
        submittedAt: 1_800_000_000_000,
        images,
        failures: [],
        billed: 1,
      },
    }
  },
})
