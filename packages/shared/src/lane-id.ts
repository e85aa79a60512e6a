import type { Edit, World } from './contract/edit.ts'
import { digestOf } from './ids.ts'

/**
 * What a lane is, whatever it is called: the vendor's address, the account, the workspace, and the model. Everything that
 * is kept of a lane is kept under this. A lane that gets another name is the same lane, and a lane of the same name
 * that leads elsewhere is another one.
 */
export const laneIdOf = (
  { baseUrl, account, workspace }: Pick<World, 'baseUrl' | 'account'> & { workspace?: string | undefined },
  model: string,
): string => `${model}-${digestOf({ baseUrl, account, workspace }).slice(0, 12)}`

/** The lane on which the edit was submitted: the tasks that may be its own are that lane's. */
export const laneOfSubmit = ({
  world,
  lane = '',
  request,
}: Pick<Edit, 'world' | 'lane' | 'request'>): string =>
  world === undefined ? lane : laneIdOf(world, request.model)
