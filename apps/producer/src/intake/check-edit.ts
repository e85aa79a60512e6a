import { faultsOfPicture, faultsOfSpec, type Picture } from '@restyle/dashscope/accepts'
import { findModel, models } from '@restyle/dashscope/models'
import type { EditRequest } from '@restyle/shared/contract/edit-request'
import { type Budget, type Currency, textOfMoney } from '@restyle/shared/contract/money'
import type { Fault } from '@restyle/shared/contract/fault'
import { faultOfUrl } from '@restyle/shared/net/addresses'
import { expiryOf } from '@restyle/shared/net/address-expiry'
import { readUploadAddress, uploadEndsAt } from '@restyle/dashscope/upload-address'
import { faultOfUpload, type LaneAccount } from './fault-of-upload.ts'

/** What a request is checked against besides its model's limits. */
export type CheckFacts = {
  /** The models that lanes have announced. Empty while no lane has: then every model may be asked for. */
  served: ReadonlySet<string>
  /** The producer's uploaded pictures that the request names, by their SHA-256. */
  pictures: ReadonlyMap<string, Picture>
  /** The SHA-256 of those that were looked up and are not there. */
  missing: ReadonlySet<string>
  allowHosts: readonly string[]
  /** Whose the lanes of a model are, by its id: an `oss://` upload is one account's. */
  accounts: ReadonlyMap<string, readonly LaneAccount[]>
  /** What an image costs on the lanes of a model, by its id; none of a lane that does not say. */
  prices: ReadonlyMap<string, readonly Price[]>
  /** What the edit has to fit under. */
  caps: readonly CapOfEdit[]
  /** Epoch ms. */
  now: number
}

/** Of one image, and the lane that asks for it. */
export type Price = Budget & { lane: string }

/** `whose`: `the budget of the batch`. */
export type CapOfEdit = Budget & { whose: string }

/** An address that ends within this is taken as over: the vendor has to open it first. */
const leastLeftMs = 60_000

/** Every reason why an edit would be refused, or come out otherwise than asked, that is known before it costs anything. */
export function checkEdit(request: EditRequest, facts: CheckFacts): Fault[] {
  const model = findModel(request.model)
  if (model === undefined) {
    const known = Object.keys(models).join(', ')
    return [{ path: ['model'], detail: `model ${request.model} is not known; known are ${known}` }]
  }
  const faults: Fault[] = []
  if (facts.served.size > 0 && !facts.served.has(model.id)) {
    const served = [...facts.served].toSorted().join(', ')
    faults.push({
      path: ['model'],
      detail: `model ${model.id} is served by no lane now; served are ${served}`,
    })
  }
  for (const { field, message } of faultsOfSpec(model, { ...request, images: request.images.length }))
    faults.push({ path: [field], detail: message })
  faults.push(...faultsOfCaps(request, facts))
  for (const [i, image] of request.images.entries()) {
    const details = image.startsWith('sha256:')
      ? faultsOfSource(image.slice('sha256:'.length))
      : [faultOfAddress(image, model.id, facts)]
    for (const detail of details)
      if (detail !== undefined) faults.push({ path: ['images', i], detail: `images/${i} ${detail}` })
  }
  return faults

  function faultsOfSource(sha256: string): string[] {
    if (facts.missing.has(sha256)) return [`was not uploaded: PUT its bytes to /v1/sources/${sha256} first`]
    const picture = facts.pictures.get(sha256)
    return model === undefined || picture === undefined
      ? []
      : faultsOfPicture(model, picture).map(({ message }) => `does not fit: ${message}`)
  }
}

/** A cap that not even the first edit fits under would stop for ever. */
function faultsOfCaps({ model, n }: EditRequest, { prices, caps }: CheckFacts): Fault[] {
  const asked = prices.get(model) ?? []
  return caps.flatMap(({ whose, currency, micros }): Fault[] => {
    const own = asked.filter((price) => price.currency === currency)
    const other = asked.find((price) => price.currency !== currency)
    const limit = `${whose} is ${textOfMoney({ currency, micros })}`
    if (other !== undefined && !caps.some((cap) => cap.whose === whose && cap.currency === other.currency))
      return [
        {
          path: ['model'],
          detail: `${limit}, and lane ${other.lane} of model ${model} bills in ${other.currency}: ${limitIn(other.currency)}`,
        },
      ]
    if (own.length === 0) return []
    const least = n * Math.min(...own.map((price) => price.micros))
    if (least <= micros) return []
    const cost = textOfMoney({ currency, micros: least })
    return [
      {
        path: ['n'],
        detail: `${limit}, and this edit costs ${cost}: raise it${n > 1 ? `, or ask for less than n ${n}` : ''}`,
      },
    ]
  })
}

const limitIn = (currency: Currency): string =>
  `set one in ${currency}, since money of two currencies is not added up`

/** The addresses that work now and may be dead before the edit's turn comes: signed ones, and uploads. */
export const endsSoon = ({ images }: EditRequest, now: number): Fault[] =>
  images.flatMap((image, i) => {
    const at = expiryOf(image, now)?.at ?? endOfUpload(image, now)
    if (at === undefined) return []
    const detail = `images/${i} can be opened until ${timeOf(at)} only; an edit whose turn comes later fails`
    return [{ path: ['images', i], detail }]
  })

/** An upload is there now, and for 48 hours at most. */
function endOfUpload(image: string, now: number): number | undefined {
  const upload = image.startsWith('oss://') ? readUploadAddress(image) : undefined
  return upload === undefined ? undefined : uploadEndsAt(upload, now)
}

function faultOfAddress(
  image: string,
  model: string,
  { allowHosts, accounts, now }: CheckFacts,
): string | undefined {
  if (image.startsWith('oss://')) return faultOfUpload(image, accounts.get(model) ?? [], now)
  if (!image.startsWith('s3://')) return faultOfUrl(image, { allowHosts }) ?? faultOfExpiry(image, now)
  const bucket = image.slice('s3://'.length).split('/', 1)[0] ?? ''
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
    ? undefined
    : `names no bucket: ${JSON.stringify(bucket)} is not 3 to 63 of a-z, 0-9, . and -`
}

function faultOfExpiry(image: string, now: number): string | undefined {
  const expiry = expiryOf(image, now + leastLeftMs)
  if (expiry?.kind !== 'over') return undefined
  return `is signed until ${timeOf(expiry.at)}, which is over: sign it again, for at least as long as the backlog`
}

const timeOf = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')
