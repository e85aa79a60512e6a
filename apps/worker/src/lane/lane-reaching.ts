import { findModel } from '@restyle/dashscope/models'
import type { Edit, World } from '@restyle/shared/contract/edit'
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
  { lane: name, world, request }: Admitted,
): Lane | undefined {
  const reaching =
    world === undefined
      ? lanes.filter((lane) => lane.name === name)
      : lanes.filter((lane) => reaches(lane, world))
  const isModel = (lane: Lane) => lane.model.id === request.model
  const own = reaching.find((lane) => lane.name === name && isModel(lane)) ?? reaching.find(isModel)
  if (own !== undefined) return own
  // the account's list holds the tasks of all its models
  const model = findModel(request.model)
  for (const lane of reaching) {
    const price = model?.price[lane.region]?.output
    if (model !== undefined && price !== undefined) return { ...lane, model, priceMicros: price.micros }
  }
  return undefined
}

const reaches = (lane: Lane, world: World): boolean =>
  lane.baseUrl === world.baseUrl && lane.account === world.account && lane.workspace === world.workspace
