import { uploadLivesMs } from './lifetimes.ts'

/**
 * What the address of a picture in the vendor's temporary store tells: `folder` is of the account that uploaded it, the picture
 * came between `from` and `to` (epoch ms), on a day in Beijing (docs/dashscope.md §1.5).
 */
export type UploadAddress = { folder: string; from: number; to: number }

const dayMs = 24 * 3600_000

const form = /^oss:\/\/([^/]+\/[^/]+)\/(\d{4})-?(\d\d)-?(\d\d)\/[^/]+\/./

/** undefined where it is not the address of an upload, as the service gives them. */
export function readUploadAddress(address: string): UploadAddress | undefined {
  const [, folder, year, month, day] = form.exec(address) ?? []
  const from = Date.parse(`${year}-${month}-${day}T00:00:00+08:00`)
  return folder === undefined || Number.isNaN(from) ? undefined : { folder, from, to: from + dayMs }
}

/** The folder of an account, out of `upload_dir` of a policy. */
export const folderOfUploads = (uploadDir: string): string => uploadDir.split('/', 2).join('/')

/** When the vendor has dropped an upload for sure (epoch ms). `seenAt`: when it was there already. */
export const uploadEndsAt = ({ to }: UploadAddress, seenAt: number): number =>
  Math.min(to, seenAt) + uploadLivesMs
