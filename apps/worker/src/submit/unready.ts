import type { Edit } from '@restyle/shared/contract/edit'
import type { HandContext } from '../hand/step.ts'
import type { Lane } from '../lane/lane.ts'
import { pauseBucket, pauseLane } from '../lane/pause.ts'
import type { Sources } from './source-addresses.ts'
import type { WhyNot } from './turn-away.ts'

/** Says why there are no addresses, and pauses what is at fault. */
export async function noteUnready(
  edit: Edit,
  lane: Lane,
  sources: Exclude<Sources, { kind: 'ready' | 'unusable' }>,
  tools: HandContext,
): Promise<WhyNot> {
  const { code, message } = sources
  const facts = { editId: edit.id, lane: lane.name, code, said: message }
  tools.log.warn(facts, 'sources could not be made ready')
  if (sources.kind === 'trouble') return { kind: 'source', code, message }
  if (sources.pause) await pauseLane(lane, { code, message }, tools)
  if (sources.error !== undefined) await pauseBucket(sources.error, tools)
  return { kind: sources.error === undefined ? 'source' : 'bucket', code, message }
}
