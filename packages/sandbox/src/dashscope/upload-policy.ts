import { createHmac, randomUUID } from 'node:crypto'
import { beijingDay } from './beijing-clock.ts'

/** Permission to upload into one folder, until `expiration` (ISO). docs/dashscope.md §1.5 */
export type UploadPolicy = { expiration: string; folder: string }

export const maxFileMegabytes = 100

export const signPolicy = (policy: string, secret: string): string =>
  createHmac('sha1', secret).update(policy).digest('base64')

export const writePolicy = ({ expiration, folder }: UploadPolicy): string =>
  Buffer.from(
    JSON.stringify({
      expiration,
      conditions: [
        ['content-length-range', 0, maxFileMegabytes * 1024 * 1024],
        ['starts-with', '$key', folder],
      ],
    }),
  ).toString('base64')

// we only read back what we signed
export const readPolicy = (text: string): UploadPolicy => {
  const policy = JSON.parse(Buffer.from(text, 'base64').toString()) as {
    expiration: string
    conditions: [unknown, [string, string, string]]
  }
  return { expiration: policy.expiration, folder: policy.conditions[1][2] }
}

/** A new folder for uploads that live until `expiresAt` (epoch ms) and are for this model. */
export const newFolder = (secret: string, model: string, now: number, expiresAt: number): string => {
  const account = createHmac('md5', secret).update('account').digest('hex')
  return `dashscope-instant/${account}/${beijingDay(now)}/${expiresAt}-${model}/${randomUUID()}`
}

/** What the folder in a key tells. The model and the end of life are in the key, so that they need no table of their own. */
export const readKey = (key: string): { model: string; expiresAt: number } | undefined => {
  const parts = /^dashscope-instant\/[0-9a-f]{32}\/\d{8}\/(\d+)-([^/]+)\/[^/]+\/[^/]+$/.exec(key)
  return parts?.[2] === undefined ? undefined : { expiresAt: Number(parts[1]), model: parts[2] }
}
