import { createHmac, randomUUID } from 'node:crypto'
import { type Answer, json, objectRequestId, refuseXml } from './answer.ts'
import { beijingDay } from './beijing-clock.ts'
import { accessKeyId } from './result-urls.ts'
import type { Drawer } from './store.ts'

/** What the temporary store needs. Lifetimes in ms of the clock. */
export type UploadOptions = {
  now: () => number
  origin: () => string
  secret: string
  policyLifetimeMs: number
  objectLifetimeMs: number
  /** The pictures themselves. */
  objects: Drawer
}

/** The temporary store behind `oss://` addresses. docs/dashscope.md §1.5 */
export type Uploads = {
  policy: (model: string) => Answer
  /** Takes a multipart form. */
  receive: (body: Buffer, contentType: string) => Promise<Answer>
  /** The bytes behind an `oss://` address, while it lives. */
  read: (url: string) => Buffer | undefined
  /** Whether an `oss://` address lives and was made for this model. */
  isUsable: (url: string, model: string) => boolean
}

const maxFileMegabytes = 100
const fields = [
  'OSSAccessKeyId',
  'Signature',
  'policy',
  'key',
  'x-oss-object-acl',
  'x-oss-forbid-overwrite',
  'success_action_status',
  'file',
]

const deny = (status: number, code: string, message: string): Answer => refuseXml({ status, code, message })

type Policy = { expiration: string; folder: string }

// we only read back what we signed
const readPolicy = (text: string): Policy => {
  const policy = JSON.parse(Buffer.from(text, 'base64').toString()) as {
    expiration: string
    conditions: [unknown, [string, string, string]]
  }
  return { expiration: policy.expiration, folder: policy.conditions[1][2] }
}

// the model and the last day of life are in the key, so that they need no table of their own
const readKey = (key: string): { model: string; expiresAt: number } | undefined => {
  const parts = /^dashscope-instant\/[0-9a-f]{32}\/\d{8}\/(\d+)-([^/]+)\/[^/]+\/[^/]+$/.exec(key)
  return parts?.[2] === undefined ? undefined : { expiresAt: Number(parts[1]), model: parts[2] }
}

/** Opens the temporary store of one account. */
export const createUploads = ({
  now,
  origin,
  secret,
  policyLifetimeMs,
  objectLifetimeMs,
  objects,
}: UploadOptions): Uploads => {
  const sign = (policy: string): string => createHmac('sha1', secret).update(policy).digest('base64')
  const account = createHmac('md5', secret).update('account').digest('hex')
  const keyOf = (url: string): string => url.slice('oss://'.length)

  const isAlive = (key: string): boolean => (readKey(key)?.expiresAt ?? 0) > now()

  return {
    policy: (model) => {
      const expiresAt = Math.ceil(now() + objectLifetimeMs)
      const folder = `dashscope-instant/${account}/${beijingDay(now())}/${expiresAt}-${model}/${randomUUID()}`
      const policy = Buffer.from(
        JSON.stringify({
          expiration: new Date(now() + policyLifetimeMs).toISOString(),
          conditions: [
            ['content-length-range', 0, maxFileMegabytes * 1024 * 1024],
            ['starts-with', '$key', folder],
          ],
        }),
      ).toString('base64')
      return json({
        data: {
          policy,
          signature: sign(policy),
          upload_dir: folder,
          upload_host: origin(),
          expire_in_seconds: Math.floor(policyLifetimeMs / 1000),
          max_file_size_mb: maxFileMegabytes,
          capacity_limit_mb: 999_999_999,
          oss_access_key_id: accessKeyId,
          x_oss_object_acl: 'private',
          x_oss_forbid_overwrite: 'true',
        },
      })
    },

    receive: async (body, contentType) => {
      let form: FormData
      try {
        form = await new Response(new Uint8Array(body), {
          headers: { 'Content-Type': contentType },
        }).formData()
      } catch {
        return deny(400, 'MalformedPOSTRequest', 'The body of your POST request is not well-formed.')
      }
      const names = [...form.keys()]
      const missing = fields.find((field) => !names.includes(field))
      if (missing !== undefined) return deny(400, 'InvalidArgument', `The field ${missing} is missing.`)
      if (names.at(-1) !== 'file') return deny(400, 'InvalidArgument', 'The file must be the last field.')
      const text = (name: string): string => {
        const value = form.get(name)
        return typeof value === 'string' ? value : ''
      }
      if (text('OSSAccessKeyId') !== accessKeyId) {
        return deny(
          403,
          'InvalidAccessKeyId',
          'The OSS Access Key Id you provided does not exist in our records.',
        )
      }
      if (text('Signature') !== sign(text('policy'))) {
        return deny(403, 'SignatureDoesNotMatch', 'The signature we calculated does not match yours.')
      }
      const { expiration, folder } = readPolicy(text('policy'))
      const key = text('key')
      if (Date.parse(expiration) <= now()) {
        return deny(403, 'AccessDenied', 'Invalid according to Policy: Policy expired.')
      }
      if (!key.startsWith(`${folder}/`) || !readKey(key)) {
        return deny(403, 'AccessDenied', 'Invalid according to Policy: Policy Condition failed.')
      }
      if (text('x-oss-object-acl') !== 'private' || text('success_action_status') !== '200') {
        return deny(403, 'AccessDenied', 'Invalid according to Policy: Policy Condition failed.')
      }
      if (objects.get(key)) {
        return deny(
          409,
          'FileAlreadyExists',
          'The object you specified already exists and can not be overwritten.',
        )
      }
      const file = form.get('file')
      const bytes = file instanceof Blob ? Buffer.from(await file.arrayBuffer()) : Buffer.from(text('file'))
      if (bytes.length > maxFileMegabytes * 1024 * 1024) {
        return deny(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.')
      }
      objects.put(key, bytes)
      for (const name of objects.names()) if (!isAlive(name)) objects.drop(name)
      return {
        status: 200,
        headers: { Server: 'AliyunOSS', 'x-oss-request-id': objectRequestId() },
        body: Buffer.alloc(0),
      }
    },

    read: (url) => (isAlive(keyOf(url)) ? objects.get(keyOf(url)) : undefined),
    isUsable: (url, model) =>
      isAlive(keyOf(url)) && readKey(keyOf(url))?.model === model && objects.get(keyOf(url)) !== undefined,
  }
}
