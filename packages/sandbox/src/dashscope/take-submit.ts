import { randomUUID } from 'node:crypto'
import { type Account, keyOf } from './account.ts'
import { type Answer, json, type Refusal, refuse } from './answer.ts'
import type { AnswerDeed, Faults, RequestFacts } from './faults.ts'
import type { Call } from './match-route.ts'
import { shortImage } from './short-image.ts'
import type { TaskBook } from './task-book.ts'
import type { Post, TrafficRecord } from './traffic-record.ts'
import type { Uploads } from './upload.ts'
import { type Order, type Reading, readSubmit } from './validate.ts'

/** What a submit meets. */
export type SubmitOptions = {
  now: () => number
  account: Account
  beyondLimit: 'queue' | 'refuse'
  book: TaskBook
  uploads: Uploads
  faults: Faults
  record: TrafficRecord
}

const checkHeaders = ({ headers }: Call['request']): Refusal | undefined => {
  if (headers['x-dashscope-async'] !== 'enable') {
    const message = 'current user api does not support synchronous calls.'
    return { status: 403, code: 'AccessDenied', message }
  }
  if (headers['content-type']?.startsWith('application/json')) return undefined
  return { status: 400, code: 'InvalidParameter', message: 'Content-Type must be application/json.' }
}

const checkUploads = (order: Order, resolves: boolean, uploads: Uploads): Refusal | undefined => {
  const uploaded = order.images.filter((image) => image.startsWith('oss://'))
  if (uploaded.length === 0) return undefined
  if (resolves && uploaded.every((image) => uploads.isUsable(image, order.model))) return undefined
  const message = 'The media format is not supported or incorrect for the data inspection.'
  return { status: 400, code: 'InvalidParameter.DataInspection', message }
}

/**
 * Takes a submit: key, headers, body, `oss://` addresses, rate, running limit, in this order; then opens the task. What
 * came of it goes on record, and the fault (if any) that shall spoil the answer comes back with it. Runs in one go, so
 * that requests cannot slip between check and act.
 */
export const createSubmit = (
  options: SubmitOptions,
): ((call: Call, text: string) => [Answer, AnswerDeed | undefined]) => {
  const { now, account, book, uploads, faults, record } = options

  const admit = ({ request }: Call, reading: Reading): Order | Refusal => {
    const refusal = account.checkKey(request) ?? checkHeaders(request)
    if (refusal) return refusal
    if (!reading.ok) return reading.refusal
    const { order } = reading
    const resolves = request.headers['x-dashscope-ossresourceresolve'] === 'enable'
    const unfit = checkUploads(order, resolves, uploads) ?? account.checkModelRate('submit', order.model)
    if (unfit) return unfit
    return options.beyondLimit === 'refuse' && !book.hasRoom(order.model) ? account.tooManyRunning() : order
  }

  const work = (call: Call, reading: Reading, facts: RequestFacts, post: Post): Answer => {
    const order = admit(call, reading)
    if ('code' in order) {
      Object.assign(post, { status: order.status, code: order.code })
      return refuse(order)
    }
    const deeds = faults.takeForTask({ ...facts, at: 'task' })
    const { taskId, requestId } = book.open(order, randomUUID(), deeds)
    Object.assign(post, { outcome: 'accepted', status: 200, taskId })
    return json({ output: { task_status: 'PENDING', task_id: taskId }, request_id: requestId })
  }

  return (call, text) => {
    const reading = readSubmit(call.name, text)
    const { model, prompt, n, images } = reading.ok ? reading.order : {}
    const { pathname: path } = call.url
    const facts: RequestFacts = { at: 'submit', path, key: keyOf(call.request), model, prompt, n, images }
    const shown = (images ?? []).map(shortImage)
    const post: Post = { at: now(), outcome: 'refused', status: 0, model, prompt, images: shown, n }
    record.posts.push(post)
    const instead = faults.takeBefore(facts)
    if (instead) {
      post.fault = instead.type
      if (instead.type === 'status') Object.assign(post, { status: instead.status, code: instead.code })
      return [json({}), instead]
    }
    const answer = work(call, reading, facts, post)
    const deed = answer.status === 200 ? faults.takeAfter({ ...facts, taskId: post.taskId }) : undefined
    post.fault = deed?.type
    return [answer, deed]
  }
}
