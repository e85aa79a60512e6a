import type { Task } from '@restyle/dashscope/read-task'
import type { Edit } from '@restyle/shared/contract/edit'
import type { HandContext } from '../hand/step.ts'
import type { Lane } from '../lane/lane.ts'
import { takeQuery } from '../lane/query-budget.ts'

/** How soon the vendor is asked again what became of the task (ms). */
const askAgainMs = 1_000

/**
 * Cancels the task of a canceled edit while the vendor lets us: before it begins. One that runs goes on, and its images are
 * stored, since they are paid for. What became of it only a later query tells. Gives in how many milliseconds to send
 * that, undefined where there is nothing to cancel.
 */
export async function cancelTask(
  edit: Edit,
  lane: Lane,
  task: Task,
  { ledger, log }: Pick<HandContext, 'ledger' | 'log'>,
): Promise<number | undefined> {
  if (edit.cancelAsked === undefined || task.state !== 'pending') return undefined
  // whether cancels share the budget of queries, nobody says
  if ((await takeQuery(ledger, lane, 'lookUp')) > 0) return askAgainMs
  const told = await lane.client.cancel(task.taskId)
  const facts = { editId: edit.id, taskId: task.taskId }
  if (told.kind === 'canceled') log.info(facts, 'task canceled before it began')
  else log.info({ ...facts, code: told.code, said: told.message }, 'task could not be canceled')
  return askAgainMs
}
