import { FormData } from 'undici'
import { formatBeijing } from './beijing-time.ts'
import { exchange, freshExchange, type Exchange, type ExchangeRequest } from './exchange.ts'
import type { Model } from './model.ts'
import { openNetwork, type Proxies } from './network.ts'
import { readTask, type Task } from './read-task.ts'
import { submitOutcome, type SubmitOutcome } from './submit-outcome.ts'
import { readPage, type TaskPage } from './task-page.ts'
import { type Answered, answerOf, unanswered, type Unanswered } from './unanswered.ts'
import { type ClockOffset, openVendorClock } from './vendor-clock.ts'
import { PolicyAnswer, type UploadPolicy } from './wire.ts'

/** One account's way to DashScope. Expected outcomes are values: nothing here throws for what the network or the vendor does. */
export type DashScope = {
  /**
   * One POST on a connection of its own, and never a second. `usesOss` if any image is an `oss://` address; `mayStart` is
   * asked when the connection is open and nothing is sent yet: false refuses the submit as `TooLate`.
   */
  submit: (
    model: Model,
    body: object,
    options?: { signal?: AbortSignal; usesOss?: boolean; mayStart?: () => boolean },
  ) => Promise<SubmitOutcome>
  task: (taskId: string) => Promise<{ kind: 'task'; task: Task } | Unanswered>
  list: (query: ListQuery) => Promise<TaskPage | Unanswered>
  /** Only a task that is still PENDING can be canceled (docs/dashscope.md §3.2). */
  cancel: (taskId: string) => Promise<CancelOutcome>
  /** Permission to upload for some minutes, bound to the model (docs/dashscope.md §1.5). */
  uploadPolicy: (modelId: string) => Promise<{ kind: 'policy'; policy: UploadPolicy } | Unanswered>
  /** Gives the `oss://` address, good for 48 h. Nothing is overwritten: the file name must be unique. */
  upload: (
    policy: UploadPolicy,
    fileName: string,
    bytes: Uint8Array,
  ) => Promise<{ kind: 'uploaded'; url: string } | Unanswered>
  /** What its answers told of the vendor's clock; undefined where they told nothing. */
  clock: () => ClockOffset | undefined
  close: () => Promise<void>
}

type CancelOutcome = { kind: 'canceled' } | { kind: 'refused'; code: string; message: string } | Unanswered

/** Epoch ms, at most 24 h apart; `status` in the vendor's spelling, e.g. `RUNNING`; `page` counts from 1. */
export type ListQuery = {
  from: number
  to: number
  model?: string | undefined
  status?: string | undefined
  page: number
  pageSize: number
}

/** `baseUrl` ends in `/api/v1`; deadlines in ms from connecting to the last byte (default: submit 60 s, query 15 s, upload 120 s); `now` in epoch ms. */
export type ClientOptions = {
  baseUrl: string
  apiKey: string
  workspace?: string | undefined
  deadlines?: { submit?: number; query?: number; upload?: number }
  proxies?: Proxies | undefined
  now?: () => number
}

/** Throws a TypeError if `baseUrl` is no address. */
export function createClient(options: ClientOptions): DashScope {
  const { origin, pathname } = new URL(options.baseUrl)
  const base = pathname.replace(/\/+$/, '')
  const now = options.now ?? Date.now
  const deadlines = { submit: 60_000, query: 15_000, upload: 120_000, ...options.deadlines }
  const { fresh, kept } = openNetwork(options.proxies, deadlines)
  const headers = headersOf(options)
  const clock = openVendorClock()
  const safe = (outcome: Exchange) => withoutSecret(outcome, options.apiKey)
  const timed = async (asked: Promise<Exchange>) => safe(await noteTime(asked, clock, now))
  const ask = async (method: ExchangeRequest['method'], path: string) =>
    answerOf(
      await timed(exchange(kept, origin, { method, path: base + path, headers, deadline: deadlines.query })),
      now(),
    )

  return {
    async submit(model, body, { signal, usesOss = false, mayStart } = {}) {
      const bytes = bytesOf(body)
      if (!Buffer.isBuffer(bytes)) return bytes
      const posted = freshExchange(fresh, origin, {
        method: 'POST',
        path: base + model.path,
        headers: { ...headers, ...submitHeaders, ...(usesOss ? resolvesOss : {}) },
        body: bytes,
        deadline: deadlines.submit,
        signal,
        mayStart,
      })
      return submitOutcome(await timed(posted), now())
    },

    async task(taskId) {
      return taskIn(await ask('GET', `/tasks/${encodeURIComponent(taskId.toWellFormed())}`), taskId)
    },

    async list(query) {
      return pageIn(await ask('GET', `/tasks?${listParameters(query)}`))
    },

    async cancel(taskId) {
      return cancelOutcome(await ask('POST', `/tasks/${encodeURIComponent(taskId.toWellFormed())}/cancel`))
    },

    async uploadPolicy(modelId) {
      return policyIn(await ask('GET', `/uploads?action=getPolicy&model=${encodeURIComponent(modelId)}`))
    },

    async upload(policy, fileName, bytes) {
      const { form, key } = uploadForm(policy, fileName, bytes)
      const host = new URL(policy.upload_host)
      // to the object store, so without our key
      const outcome = await exchange(kept, host.origin, {
        method: 'POST',
        path: host.pathname,
        headers: {},
        body: form,
        deadline: deadlines.upload,
      })
      const answer = answerOf(safe(outcome), now())
      return answer.kind === 'unanswered' ? answer : { kind: 'uploaded', url: `oss://${key}` }
    },

    clock: () => clock.read(now()),

    close: () => kept.destroy(),
  }
}

/** What is heard from the vendor itself tells its clock. */
async function noteTime(
  asked: Promise<Exchange>,
  clock: ReturnType<typeof openVendorClock>,
  now: () => number,
): Promise<Exchange> {
  const sentAt = now()
  const outcome = await asked
  if (outcome.kind === 'answer') clock.note(outcome.date, sentAt, now())
  return outcome
}

/** An edit that cannot be written down is that edit's matter alone: it would be no other the next time. */
function bytesOf(body: object): Buffer | SubmitOutcome {
  try {
    return Buffer.from(JSON.stringify(body))
  } catch (error) {
    const message = error instanceof Error ? error.message : 'it cannot be written as JSON'
    return { kind: 'refused', code: 'NotBuilt', message, action: 'failEdit' }
  }
}

const submitHeaders = { 'content-type': 'application/json', 'x-dashscope-async': 'enable' }
const resolvesOss = { 'x-dashscope-ossresourceresolve': 'enable' }

function headersOf({ apiKey, workspace }: ClientOptions): Record<string, string> {
  return {
    authorization: `Bearer ${apiKey}`,
    accept: 'application/json',
    // an answer that is not unpacked cannot explode
    'accept-encoding': 'identity',
    ...(workspace === undefined ? {} : { 'x-dashscope-workspace': workspace }),
  }
}

function listParameters({ from, to, model, status, page, pageSize }: ListQuery): string {
  return new URLSearchParams({
    page_no: String(page),
    page_size: String(pageSize),
    start_time: formatBeijing(from),
    // the vendor counts in seconds: up to the end of the last one, or a task of this second is missed
    end_time: formatBeijing(Math.ceil(to / 1000) * 1000),
    ...(model === undefined ? {} : { model_name: model }),
    ...(status === undefined ? {} : { status }),
  }).toString()
}

function taskIn(answer: Answered | Unanswered, taskId: string): { kind: 'task'; task: Task } | Unanswered {
  if (answer.kind === 'unanswered') return answer
  const task = readTask(answer.json, taskId)
  if (task === undefined) return unanswered('Garbled', 'the answer does not speak of a task', 200)
  if (task.taskId !== taskId)
    return unanswered('WrongTask', `asked for ${taskId}, told of ${task.taskId}`, 200)
  return { kind: 'task', task }
}

function pageIn(answer: Answered | Unanswered): TaskPage | Unanswered {
  if (answer.kind === 'unanswered') return answer
  return readPage(answer.json) ?? unanswered('Garbled', 'the answer is no page of tasks', 200)
}

function cancelOutcome(answer: Answered | Unanswered): CancelOutcome {
  if (answer.kind === 'answered') return { kind: 'canceled' }
  const { code, message, action } = answer
  return action === 'refused' ? { kind: 'refused', code, message } : answer
}

function policyIn(answer: Answered | Unanswered): { kind: 'policy'; policy: UploadPolicy } | Unanswered {
  if (answer.kind === 'unanswered') return answer
  const policy = PolicyAnswer.safeParse(answer.json)
  if (!policy.success || !URL.canParse(policy.data.data.upload_host))
    return unanswered('Garbled', 'the answer is no upload policy', 200)
  return { kind: 'policy', policy: policy.data.data }
}

/** The fields in the order of docs/dashscope.md §1.5: what follows the file is ignored there. */
function uploadForm(
  policy: UploadPolicy,
  fileName: string,
  bytes: Uint8Array,
): { form: FormData; key: string } {
  const key = `${policy.upload_dir}/${fileName}`
  const form = new FormData()
  form.append('OSSAccessKeyId', policy.oss_access_key_id)
  form.append('Signature', policy.signature)
  form.append('policy', policy.policy)
  form.append('key', key)
  form.append('x-oss-object-acl', policy.x_oss_object_acl)
  form.append('x-oss-forbid-overwrite', policy.x_oss_forbid_overwrite)
  form.append('success_action_status', '200')
  form.append('file', new Blob([Uint8Array.from(bytes)]), fileName)
  return { form, key }
}

/** Servers like to quote what they were sent. */
function withoutSecret(outcome: Exchange, secret: string): Exchange {
  const clean = (text: string) => (secret === '' ? text : text.replaceAll(secret, '[key]'))
  return outcome.kind === 'answer'
    ? { ...outcome, text: clean(outcome.text) }
    : { ...outcome, detail: clean(outcome.detail) }
}
