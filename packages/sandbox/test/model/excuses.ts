import { taskLivesMs } from '@restyle/dashscope/lifetimes'
import { bounds } from '@restyle/shared/contract/bounds'
import type { Edit } from '@restyle/shared/contract/edit'
import { receiptKey } from '@restyle/shared/object-key'
import { Intent } from '@restyle/shared/receipt/receipt'
import type { Bucket } from './bucket.ts'
import { accountWhere } from './lanes.ts'
import { ledElsewhere, type SmallWorld } from './small-world.ts'
import { codeOf, diesAt, type VendorTask } from './vendor.ts'

/*
 * Where the promises are weaker, and no further than docs/reliability.md says: an edit may be held for a reason that is
 * true in this world, and an image may be lost that nobody could have had.
 */

/** Redis's clock and the one on the wall are apart by what the scripts of a sequence take. */
const apartMs = 5_000

/** Whether the reason for which an edit is held is true. */
export function isHeldRightly(
  { id, attempt, uncertainBecause = '', intentAt = 0 }: Edit,
  { past, now, bucket }: SmallWorld,
): boolean {
  if (uncertainBecause.startsWith('the vendor forgets tasks')) {
    const first = Math.min(intentAt, firstIntentAt(bucket, id, attempt))
    // what cannot be looked up for another reason is held long before, unless its attempt began anew meanwhile
    const unheard = past.away || past.refused.has('fault') || first < intentAt
    return unheard && now() - first > bounds.uncertain.most.ageMs - apartMs
  }
  const [, unheard] = /^it could not be looked up: (.*)/.exec(uncertainBecause) ?? []
  if (unheard?.startsWith('no lane leads') === true) return ledElsewhere(past)
  if (unheard !== undefined)
    return [...past.refused].some((refusal) => unheard.startsWith(`${codeOf(refusal)}: `))
  // a task could be its own, or another edit's: that nobody can tell happens only here
  return past.forgot
}

/** An attempt may have been admitted again: its receipt knows the first time. */
function firstIntentAt({ objects }: Bucket, id: string, attempt: number): number {
  const receipt = objects.get(receiptKey(id, attempt, 'intent'))
  return receipt === undefined ? Infinity : Intent.parse(JSON.parse(receipt.toString())).intentAt
}

/** Whether what a task made could not be had: the vendor could not, or would not, give it any more when its edit ended. */
export function isLostRightly(
  task: VendorTask,
  { state, failure, updatedAt }: Edit,
  { vendor, past, lane }: SmallWorld,
): boolean {
  // Redis forgot it, and no lane is there to meet its receipt
  if (state === 'queued') return past.forgot && lane === 'gone'
  if (state !== 'failed') return false
  const code = failure?.code
  if (code === 'TaskExpired') {
    const unheard = past.away || past.refused.size > 0 || accountWhere(lane) !== task.account
    return unheard && updatedAt >= task.createdAt + taskLivesMs - apartMs
  }
  if (code === 'ImageExpired') return updatedAt >= diesAt(task) - apartMs
  return code === codeOf('input') && (vendor.refusedQueries.get(task.taskId) ?? 0) >= 5
}
