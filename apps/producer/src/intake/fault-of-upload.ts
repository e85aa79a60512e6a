import { readUploadAddress, uploadEndsAt } from '@restyle/dashscope/upload-address'

/** What a lane of the model says of its account; `folder`: of its uploads, where a worker has learned it. */
export type LaneAccount = { account: string | undefined; folder: string | undefined }

const instead = 'send an https:// address, or upload its bytes here and send sha256:<64 hex digits>'

/**
 * Why an `oss://` picture would never be read, as the end of a sentence: an upload lives for 48 hours, and only the account that
 * made it can name it. `now`: epoch ms.
 */
export function faultOfUpload(
  address: string,
  lanes: readonly LaneAccount[],
  now: number,
): string | undefined {
  const upload = readUploadAddress(address)
  if (upload === undefined)
    return `is no upload to DashScope's temporary store, and no other oss:// address is read there: ${instead}`
  const endsAt = uploadEndsAt(upload, now)
  if (endsAt <= now)
    return `was uploaded 48 hours ago or more, and is over since ${new Date(endsAt).toISOString()}: upload it again, or ${instead}`
  if (new Set(lanes.map(({ account }) => account)).size > 1)
    return `can be read by one account only, and the lanes of this model are of several: ${instead}`
  const folders = lanes.flatMap(({ folder }) => (folder === undefined ? [] : [folder]))
  if (folders.length > 0 && !folders.includes(upload.folder))
    return `was uploaded by another account than that of the lane, which cannot read it: upload it with that account's key, or ${instead}`
  return undefined
}
