import { findModel } from '@restyle/dashscope/models'
import type { Edit, World } from '@restyle/shared/contract/edit'
import { laneIdOf } from '@restyle/shared/lane-id'
import type { Lane } from './lane.ts'

/** What tells which list an edit's task is in. */
export type Admitted = Pick<Edit, 'lane' | 'world' | 'request'>

/**
 * The lane that reaches the address and the account under which the edit was admitted, with the edit's own model and its
 * price. A lane of the same name that leads elsewhere does not know the edit's task, and another name for the same place
 * does. An edit without a world was admitted by an older version: there the name must do. undefined: none reaches it.
 */
export function laneReaching(
  lanes: readonly Lane[],
  { lane: known, world, request }: Admitted,
): Lane | undefined {
  const reaching = lanes.filter((lane) => (world === undefined ? lane.name === known : reaches(lane, world)))
  const own = reaching.find((lane) => lane.model.id === request.model)
  if (own !== undefined) return own
  // the account's list holds the tasks of all its models
  const model = findModel(request.model)
  for (const lane of reaching) {
    const price = model?.price[lane.region]?.output
    if (model === undefined || price === undefined) continue
    return {
      ...lane,
      id: laneIdOf(lane, model.id),
      model,
      priceMicros: price.micros,
      currency: price.currency,
    }
  }
  return undefined
}

const reaches = (lane: Lane, world: World): boolean =>
  lane.baseUrl === world.baseUrl && lane.account === world.account && lane.workspace === world.workspace
