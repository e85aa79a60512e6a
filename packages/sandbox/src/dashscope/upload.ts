import { type Answer, json, objectRequestId, refuseXml } from './answer.ts'
import { refusalOfForm, textOf } from './check-upload.ts'
import { accessKeyId } from './result-urls.ts'
import type { Drawer } from './store.ts'
import { maxFileMegabytes, newFolder, readKey, signPolicy, writePolicy } from './upload-policy.ts'

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

const keyOf = (url: string): string => url.slice('oss://'.length)

const issuePolicy = (options: UploadOptions, model: string): Answer => {
  const { secret, policyLifetimeMs } = options
  const now = options.now()
  const folder = newFolder(secret, model, now, Math.ceil(now + options.objectLifetimeMs))
  const policy = writePolicy({ expiration: new Date(now + policyLifetimeMs).toISOString(), folder })
  return json({
    data: {
      policy,
      signature: signPolicy(policy, secret),
      upload_dir: folder,
      upload_host: options.origin(),
      expire_in_seconds: Math.floor(policyLifetimeMs / 1000),
      max_file_size_mb: maxFileMegabytes,
      capacity_limit_mb: 999_999_999,
      oss_access_key_id: accessKeyId,
      x_oss_object_acl: 'private',
      x_oss_forbid_overwrite: 'true',
    },
  })
}

const readForm = async (body: Buffer, contentType: string): Promise<FormData | undefined> => {
  try {
    const headers = { 'Content-Type': contentType }
    return await new Response(new Uint8Array(body), { headers }).formData()
  } catch {
    return undefined
  }
}

const bytesOf = async (form: FormData): Promise<Buffer> => {
  const file = form.get('file')
  return file instanceof Blob ? Buffer.from(await file.arrayBuffer()) : Buffer.from(textOf(form, 'file'))
}

const refuseUpload = (status: number, code: string, message: string): Answer =>
  refuseXml({ status, code, message })

/** Opens the temporary store of one account. */
export const createUploads = (options: UploadOptions): Uploads => {
  const { now, secret, objects } = options
  const isAlive = (key: string): boolean => (readKey(key)?.expiresAt ?? 0) > now()

  return {
    policy: (model) => issuePolicy(options, model),

    receive: async (body, contentType) => {
      const form = await readForm(body, contentType)
      if (form === undefined) {
        const message = 'The body of your POST request is not well-formed.'
        return refuseUpload(400, 'MalformedPOSTRequest', message)
      }
      const refusal = refusalOfForm(form, secret, now())
      if (refusal !== undefined) return refuseXml(refusal)
      const key = textOf(form, 'key')
      if (objects.get(key)) {
        const message = 'The object you specified already exists and can not be overwritten.'
        return refuseUpload(409, 'FileAlreadyExists', message)
      }
      const bytes = await bytesOf(form)
      if (bytes.length > maxFileMegabytes * 1024 * 1024) {
        const message = 'Your proposed upload exceeds the maximum allowed size.'
        return refuseUpload(400, 'EntityTooLarge', message)
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
