import { defaultModel, models } from '@restyle/dashscope/models'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { digestOf } from '@restyle/shared/ids'
import { factsOfLanes } from './lane-facts.ts'

const requestFor = (model: string) =>
  EditRequest.parse({ model, prompt: 'make it blue', n: 2, images: ['https://example.com/a.png'] })
const factsOf = factsOfLanes([{ id: 'ours', priceMicros: 5 }])

describe('what a lane asks for an edit that the ledger forgot', () => {
  it('is known by the same words whether this worker has the lane or not', () => {
    const of = factsOf({ request: requestFor(defaultModel.id) })
    expect(of('ours')).toEqual({ fingerprint: digestOf('make it blue'), costMicros: 10 })
    expect(of('of another worker')).toEqual({ fingerprint: digestOf('make it blue'), costMicros: 0 })
  })

  it('is anything where results of the model do not tell their prompt', () => {
    const silent = Object.values(models).find(({ echoesPrompt }) => !echoesPrompt)
    const of = factsOf({ request: requestFor(silent?.id ?? '') })
    expect(of('of another worker').fingerprint).toBe('any')
  })
})
