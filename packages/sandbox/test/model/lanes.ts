import type { DashScope } from '@restyle/dashscope/client'
import { defaultModel } from '@restyle/dashscope/models'
import { laneIdOf } from '@restyle/shared/lane-id'
import type { Lane } from '@restyle/worker/lane/lane'
import { pricePerImage } from './vendor.ts'

/** What became of the one lane there is; `elsewhere` is another address, and `of another` another account. */
export type LaneIs = 'there' | 'rekeyed' | 'renamed' | 'elsewhere' | 'of another' | 'gone'

const there = { name: 'one', account: 'one', baseUrl: 'https://vendor.test', workspace: undefined }

/** Another name and another key lead to the same list of tasks; another address or account to another one. */
const places: Readonly<Record<Exclude<LaneIs, 'gone'>, typeof there>> = {
  there,
  rekeyed: there,
  renamed: { ...there, name: 'two' },
  elsewhere: { ...there, baseUrl: 'https://elsewhere.test' },
  'of another': { ...there, account: 'two' },
}

/** What the lanes are called in the ledger. */
export const laneIds = [...new Set(Object.values(places).map((place) => laneIdOf(place, defaultModel.id)))]

/** The account at its address that the lane leads to. */
export const accountWhere = (is: LaneIs): string | undefined =>
  is === 'gone' ? undefined : `${places[is].baseUrl} ${places[is].account}`

/** The lanes of a process that starts now. `clientOf` opens the way to an account at an address. */
export function lanesWhere(is: LaneIs, clientOf: (account: string) => DashScope): Lane[] {
  if (is === 'gone') return []
  const place = places[is]
  return [
    {
      ...place,
      id: laneIdOf(place, defaultModel.id),
      model: defaultModel,
      region: 'beijing',
      client: clientOf(accountWhere(is) ?? ''),
      exclusive: true,
      running: 2,
      submitPerSecond: 100_000,
      posting: 2,
      priceMicros: pricePerImage,
      currency: 'CNY',
      queryPerSecond: 100_000,
    },
  ]
}
