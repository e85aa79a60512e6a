import { faultsOfPicture, faultsOfSpec, type Picture } from '@restyle/dashscope/accepts'
import { findModel, models } from '@restyle/dashscope/models'
import type { EditRequest } from '@restyle/shared/contract/edit-request'
import { faultOfUrl } from '@restyle/shared/net/addresses'

/** What a request is held against besides itself. */
export type Surroundings = {
  /** The models that lanes announced; empty while none did, and then every model may be asked for. */
  served: ReadonlySet<string>
  /** The producer's uploaded pictures by their SHA-256, those that the request names and that exist. */
  sources: ReadonlyMap<string, Picture>
  allowHosts: readonly string[]
}

/** `path` leads into the request; `message` is a whole sentence. */
export type EditFault = { path: (string | number)[]; message: string }

/** Every reason why an edit would be refused or come out otherwise than asked, known before a cent is spent. */
export function faultsOfEdit(request: EditRequest, around: Surroundings): EditFault[] {
  const model = findModel(request.model)
  if (model === undefined) {
    const known = Object.keys(models).join(', ')
    return [{ path: ['model'], message: `model ${request.model} is not known; known are ${known}` }]
  }
  const faults: EditFault[] = []
  if (around.served.size > 0 && !around.served.has(model.id)) {
    const served = [...around.served].toSorted().join(', ')
    faults.push({
      path: ['model'],
      message: `model ${model.id} is served by no lane now; served are ${served}`,
    })
  }
  for (const { field, message } of faultsOfSpec(model, { ...request, images: request.images.length }))
    faults.push({ path: [field], message })
  for (const [i, image] of request.images.entries()) {
    const messages = image.startsWith('sha256:')
      ? faultsOfSource(image.slice('sha256:'.length))
      : [faultOfAddress(image, around.allowHosts)]
    for (const message of messages)
      if (message !== undefined) faults.push({ path: ['images', i], message: `images/${i} ${message}` })
  }
  return faults

  function faultsOfSource(sha256: string): string[] {
    const picture = around.sources.get(sha256)
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
