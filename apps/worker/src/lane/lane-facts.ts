import { findModel } from '@restyle/dashscope/models'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { fingerprintOf, type Lane } from './lane.ts'

/**
 * What the lane `id` would ask for an edit. A lane that was taken out, or that only another worker has, asks for no money
 * here. But what it is recognised by follows from its model: what could be confused with it is kept back all the same.
 */
export const factsOfLanes =
  (lanes: readonly Pick<Lane, 'id' | 'priceMicros'>[]) =>
  ({ request }: Pick<NewEdit, 'request'>) =>
  (id: string): { fingerprint: string; costMicros: number } => {
    const model = findModel(request.model)
    const lane = lanes.find((each) => each.id === id)
    return {
      fingerprint: model === undefined ? 'any' : fingerprintOf({ model }, request),
      costMicros: request.n * (lane?.priceMicros ?? 0),
    }
  }
