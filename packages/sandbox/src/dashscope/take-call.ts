import { createHash } from 'node:crypto'
import type { Account } from './account.ts'
import { type Answer, json, objectRequestId, type Refusal, refuse, refuseXml } from './answer.ts'
import { listPage } from './list-query.ts'
import type { Call } from './match-route.ts'
import { checkSignedUrl, signedUrl } from './result-urls.ts'
import { simulatedModels } from './simulated-models.ts'
import type { Drawer } from './store.ts'
import { deedOf } from './task.ts'
import type { TaskBook } from './task-book.ts'
import { listItem, queryBody } from './task-views.ts'
import type { Uploads } from './upload.ts'

/** What the calls other than submit are answered from. */
export type CallOptions = {
  now: () => number
  origin: () => string
  secret: string
  region: string
  account: Account
  book: TaskBook
  uploads: Uploads
  pictures: Drawer
}

/** Any call but a submit. */
export type OtherCall = Call & { at: Exclude<Call['at'], 'submit'> }

const invalid = (message: string, code = 'InvalidParameter'): Refusal => ({ status: 400, code, message })

/** A stored picture, or the rest of it from `bytes=N-` on, as OSS answers. */
const pictureAnswer = (picture: Buffer, range: string | undefined): Answer => {
  const md5 = createHash('md5').update(picture).digest()
  const headers = {
    'Content-Type': 'image/png',
    Server: 'AliyunOSS',
    ETag: `"${md5.toString('hex').toUpperCase()}"`,
    'x-oss-object-type': 'Normal',
    'x-oss-request-id': objectRequestId(),
  }
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? Number.NaN)
  if (!(from < picture.length))
    return { status: 200, headers: { ...headers, 'Content-MD5': md5.toString('base64') }, body: picture }
  const part = { 'Content-Range': `bytes ${from}-${picture.length - 1}/${picture.length}` }
  return { status: 206, headers: { ...headers, ...part }, body: picture.subarray(from) }
}

const query = ({ account, book, origin, secret, now }: CallOptions, call: Call): Answer => {
  const busy = account.checkRate('query')
  if (busy) return refuse(busy)
  const urlOf = (shown: { path: string; expiresAt: number }) =>
    signedUrl(origin(), shown.path, shown.expiresAt, secret)
  const task = book.find(call.name)
  if (task?.endedAt !== undefined) task.toldAt ??= now()
  return json(queryBody(call.name, task, urlOf, now()))
}

const list = ({ account, book, region, now }: CallOptions, call: Call): Answer => {
  const busy = account.checkRate('list')
  if (busy) return refuse(busy)
  const shown = book
    .living()
    .filter((task) => task.submittedAt + (deedOf(task, 'late-in-list')?.ms ?? 0) <= now())
  const page = listPage(shown, call.url.searchParams, now())
  if (!page.ok) return refuse(page.refusal)
  return json({
    total: page.total,
    total_page: page.totalPages,
    page_no: page.page,
    page_size: page.size,
    data: page.tasks.map((task) => listItem(task, region)),
  })
}

const cancel = ({ account, book }: CallOptions, call: Call): Answer => {
  const busy = account.checkRate('cancel')
  if (busy) return refuse(busy)
  if (book.cancel(call.name)) return json({})
  const message = 'Failed to cancel the task, please confirm if the task is in PENDING status.'
  return refuse(invalid(message, 'UnsupportedOperation'))
}

const policy = ({ account, uploads }: CallOptions, call: Call): Answer => {
  const model = call.url.searchParams.get('model') ?? ''
  if (call.url.searchParams.get('action') !== 'getPolicy') return refuse(invalid('action must be getPolicy'))
  if (!simulatedModels.has(model)) {
    return refuse({ status: 404, code: 'ModelNotFound', message: 'Model not exist.' })
  }
  const busy = account.checkModelRate('policy', model)
  return busy ? refuse(busy) : uploads.policy(model)
}

const result = ({ pictures, secret, now }: CallOptions, call: Call): Answer => {
  const verdict = checkSignedUrl(call.url, secret, now())
  if (verdict === 'forged') {
    const message = 'The request signature we calculated does not match the signature you provided.'
    return refuseXml({ status: 403, code: 'SignatureDoesNotMatch', message })
  }
  if (verdict === 'expired')
    return refuseXml({ status: 403, code: 'AccessDenied', message: 'Request has expired.' })
  const picture = pictures.get(call.url.pathname)
  if (!picture)
    return refuseXml({ status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.' })
  return pictureAnswer(picture, call.request.headers.range)
}

const withKey = { query, list, cancel, policy }

/** Answers query, list, cancel, upload policy, upload and the download of a result. docs/dashscope.md §1.5, §2, §3 */
export const createCalls =
  (options: CallOptions): ((call: OtherCall, body: Buffer) => Answer | Promise<Answer>) =>
  (call, body) => {
    if (call.at === 'result') return result(options, call)
    if (call.at === 'upload') return options.uploads.receive(body, call.request.headers['content-type'] ?? '')
    const denied = options.account.checkKey(call.request)
    return denied ? refuse(denied) : withKey[call.at](options, call)
  }
