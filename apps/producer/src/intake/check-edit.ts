import { faultsOfPicture, faultsOfSpec, type Picture } from '@restyle/dashscope/accepts'
import { findModel, models } from '@restyle/dashscope/models'
import type { EditRequest } from '@restyle/shared/contract/edit-request'
import type { Fault } from '@restyle/shared/contract/fault'
import { faultOfUrl } from '@restyle/shared/net/addresses'

/** What a request is checked against besides its model's limits. */
export type CheckFacts = {
  /** The models that lanes have announced. Empty while no lane has: then every model may be asked for. */
  served: ReadonlySet<string>
  /** The producer's uploaded pictures by their SHA-256: those that the request names and that exist. */
  sources: ReadonlyMap<string, Picture>
  allowHosts: readonly string[]
}

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
  for (const [i, image] of request.images.entries()) {
    const details = image.startsWith('sha256:')
      ? faultsOfSource(image.slice('sha256:'.length))
      : [faultOfAddress(image, facts.allowHosts)]
    for (const detail of details)
      if (detail !== undefined) faults.push({ path: ['images', i], detail: `images/${i} ${detail}` })
  }
  return faults

  function faultsOfSource(sha256: string): string[] {
    const picture = facts.sources.get(sha256)
    if (picture === undefined) return [`was not uploaded: PUT its bytes to /v1/sources/${sha256} first`]
    return model === undefined
      ? []
      : faultsOfPicture(model, picture).map(({ message }) => `does not fit: ${message}`)
  }
}

function faultOfAddress(image: string, allowHosts: readonly string[]): string | undefined {
  if (!image.startsWith('s3://')) return faultOfUrl(image, { allowHosts })
  const bucket = image.slice('s3://'.length).split('/', 1)[0] ?? ''
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
    ? undefined
    : `names no bucket: ${JSON.stringify(bucket)} is not 3 to 63 of a-z, 0-9, . and -`
}
