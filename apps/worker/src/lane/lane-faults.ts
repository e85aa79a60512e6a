import { addressOf, type LaneConfig } from './lane-config.ts'

/** A lane with its key read from the environment, and its address if one is configured. */
type KeyedLane = Pick<
  LaneConfig,
  'name' | 'model' | 'account' | 'region' | 'baseUrl' | 'apiKey' | 'workspace'
>

/**
 * What is wrong with lanes that are right by themselves, a sentence each. Whose a task is, is kept by lane, and a query
 * budget by account: two lanes for one list of tasks would take each other's tasks, and two keys under one account would
 * be asked for tasks that they do not know.
 */
export function faultsOfLanes(lanes: readonly KeyedLane[]): string[] {
  return lanes.flatMap((lane, i) =>
    lanes.slice(0, i).flatMap((earlier) => {
      const fault = faultOfTwo(earlier, lane)
      return fault === undefined ? [] : [fault]
    }),
  )
}

function faultOfTwo(one: KeyedLane, two: KeyedLane): string | undefined {
  const both = `lanes ${one.name} and ${two.name}`
  if (one.name === two.name) return `two lanes are named ${one.name}: give each a name of its own`
  if (one.account === two.account) {
    const differs = one.apiKey !== two.apiKey ? 'a key' : differenceOf(one, two)
    if (differs !== undefined)
      return `${both} say that they are one account (${one.account}), but each has ${differs} of its own: name their accounts apart`
    if (one.model === two.model)
      return `${both} are one account (${one.account}) and one model (${one.model}): leave one of them`
  }
  const sameTasks = one.apiKey === two.apiKey && differenceOf(one, two) === undefined
  if (sameTasks && one.model === two.model)
    return `${both} have one key and one model (${one.model}), whatever their accounts are called: leave one of them`
  return undefined
}

function differenceOf(one: KeyedLane, two: KeyedLane): string | undefined {
  if (one.region !== two.region) return 'a region'
  if (addressOf(one) !== addressOf(two)) return 'a baseUrl'
  return one.workspace === two.workspace ? undefined : 'a workspace'
}
