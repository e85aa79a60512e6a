import type { DashScope } from '@restyle/dashscope/client'
import type { TaskState } from '@restyle/dashscope/task-state'
import { taskLivesMs, urlLivesMs } from '@restyle/dashscope/lifetimes'
import { cny } from '@restyle/dashscope/money'
import type { Unanswered } from '@restyle/dashscope/unanswered'
import { type Download, download } from '@restyle/worker/copy/download'
import { MockAgent } from 'undici'

/** What the vendor does with a POST. Only `accept`, `pend` and `lose` make a task; one that pends has not begun. */
export type Reply = 'accept' | 'pend' | 'lose' | 'drop' | 'throttle' | 'fix' | 'arrears'

/** What it says instead of an answer to a question. */
export type Refusal = 'input' | 'account' | 'garbled' | 'fault'

export type VendorTask = {
  taskId: string
  /** Whose list it is in. */
  account: string
  /** The picture it was made from, which names the edit: what the vendor knows and the list does not tell. */
  source: string
  prompt: string
  state: TaskState
  code: string
  createdAt: number
  endedAt?: number
}

/** The vendor in memory: it keeps the bill. */
export type Vendor = {
  /** The way to one of its accounts. */
  clientOf(account: string): DashScope
  tasks: VendorTask[]
  /** What it does with the next POSTs. */
  reply: Reply
  /** Whether queries are answered. */
  silent: boolean
  /** How long its list lags behind. */
  lagMs: number
  /** What it refuses. */
  refuses: { list?: Refusal; query?: Refusal }
  /** How often it has refused to tell of a task, for the input of its edit. */
  refusedQueries: Map<string, number>
  /** Ends a task, unless it is over or forgotten; `at` in epoch ms. */
  end(task: VendorTask, how: { state: TaskState; code?: string }, at: number): void
}

export const pricePerImage = cny(0.2).micros

/** The image shows what it was made from, so that an edit that got another one's is seen. */
export const pictureOf = ({ taskId, source, prompt }: Omit<VendorTask, 'state' | 'code' | 'createdAt'>) =>
  Buffer.from(`${taskId} made from ${source}: ${prompt}`)

/** Whether it was made from this source with this prompt. */
export const isMadeFrom = (picture: Buffer, source: string, prompt: string): boolean =>
  picture.toString().endsWith(` made from ${source}: ${prompt}`)

const refusals: Readonly<Record<Refusal, Unanswered>> = {
  input: {
    kind: 'unanswered',
    code: 'InvalidParameter',
    message: 'no',
    action: 'refused',
    refusedForGood: true,
  },
  account: { kind: 'unanswered', code: 'AccessDenied', message: 'not you', action: 'pauseLane' },
  garbled: { kind: 'unanswered', code: 'Garbled', message: 'no JSON', action: 'retryLater' },
  fault: { kind: 'unanswered', code: 'InternalError', message: 'our fault', action: 'retryLater' },
}
export const codeOf = (refusal: Refusal): string => refusals[refusal].code

const away: Unanswered = { kind: 'unanswered', code: 'ECONNRESET', message: 'reset', action: 'retryLater' }

/** `now` is the time of the world; a POST that is under way for longer than `postMs` is torn down and makes no task. */
export function openVendor(
  now: () => Promise<number>,
  postMs: number,
  onTheWire: () => Promise<void>,
): Vendor {
  const tasks: VendorTask[] = []
  const submit = async (account: string, body: object): ReturnType<DashScope['submit']> => {
    const { reply } = vendor
    const startedAt = await now()
    await onTheWire()
    if ((await now()) - startedAt > postMs) return { kind: 'unknown', cause: 'timeout', detail: 'late' }
    switch (reply) {
      case 'drop':
        return { kind: 'unknown', cause: 'reset', detail: 'before it was read' }
      case 'throttle':
        return { kind: 'refused', code: 'Throttling', message: 'slower', action: 'retryLater' }
      case 'fix':
        return { kind: 'refused', code: 'InvalidParameter', message: 'no', action: 'failEdit' }
      case 'arrears':
        return { kind: 'refused', code: 'Arrearage', message: 'pay', action: 'pauseLane' }
      case 'accept':
      case 'pend':
      case 'lose': {
        const { prompt, images } = (body as { input: { prompt: string; images: string[] } }).input
        const taskId = `task-${tasks.length + 1}`
        const [source = ''] = images
        const createdAt = await now()
        const state = reply === 'pend' ? 'pending' : 'running'
        tasks.push({ taskId, account, source, prompt, state, code: '', createdAt })
        return reply === 'lose'
          ? { kind: 'unknown', cause: 'reset', detail: 'the answer was lost' }
          : { kind: 'accepted', taskId }
      }
    }
  }
  const knows = (task: VendorTask, at: number) => at - task.createdAt < taskLivesMs
  const tell = (task: VendorTask, at: number) => {
    const { taskId, code, prompt, endedAt } = task
    const state = knows(task, at) ? task.state : 'unknown'
    const image = { url: addressOf(task), expiresAt: diesAt(task), origPrompt: prompt }
    const images = state === 'succeeded' ? [image] : []
    const facts = { taskId, state, rawStatus: state, images, failures: [], billed: images.length, endedAt }
    return { ...facts, ...(code === '' ? {} : { code, message: code }) }
  }
  const notUsed = async () => away
  const clientOf = (account: string): DashScope => ({
    submit: async (_model, body, { mayStart = () => true } = {}) =>
      mayStart()
        ? submit(account, body)
        : { kind: 'refused', code: 'NotSent', message: 'too late', action: 'retryLater' },
    task: async (taskId) => {
      const { silent, refuses, refusedQueries } = vendor
      if (silent) return away
      if (refuses.query !== undefined) {
        if (refuses.query === 'input') refusedQueries.set(taskId, (refusedQueries.get(taskId) ?? 0) + 1)
        return refusals[refuses.query]
      }
      const task = tasks.find((each) => each.taskId === taskId && each.account === account)
      return task === undefined ? away : { kind: 'task', task: tell(task, await now()) }
    },
    list: async ({ from, to }) => {
      if (vendor.silent) return away
      if (vendor.refuses.list !== undefined) return refusals[vendor.refuses.list]
      const at = await now()
      const items = tasks
        .filter((task) => task.account === account && knows(task, at))
        .filter(({ createdAt }) => createdAt >= from && createdAt <= to && createdAt <= at - vendor.lagMs)
        .map(({ taskId, state, createdAt }) => ({ taskId, state, rawStatus: state, model: '', createdAt }))
      return { kind: 'page', items, total: items.length, totalPages: 1, page: 1 }
    },
    cancel: async (taskId) => {
      const task = tasks.find((each) => each.taskId === taskId && each.account === account)
      if (vendor.silent || task === undefined) return away
      if (task.state !== 'pending') return { kind: 'refused', code: 'UnsupportedOperation', message: 'begun' }
      Object.assign(task, { state: 'canceled', endedAt: await now() })
      return { kind: 'canceled' }
    },
    uploadPolicy: notUsed,
    upload: notUsed,
    clock: () => undefined,
    close: async () => {},
  })
  const vendor: Vendor = {
    clientOf,
    tasks,
    reply: 'accept',
    silent: false,
    lagMs: 0,
    refuses: {},
    refusedQueries: new Map(),
    end: (task, { state, code = '' }, at) => {
      if ((task.state === 'running' || task.state === 'pending') && knows(task, at))
        Object.assign(task, { state, code, endedAt: at })
    },
  }
  return vendor
}

/** When the address of its image dies (epoch ms). */
export const diesAt = ({ endedAt = 0 }: VendorTask): number => endedAt + urlLivesMs

const host = 'http://vendor.test'
const addressOf = (task: VendorTask): string =>
  `${host}/${diesAt(task)}/${encodeURIComponent(pictureOf(task).toString())}`

/** Fetches an image from its address, which may be dead. */
export const fetchImage = (address = ''): Promise<Download> =>
  download(Number(address.split('/')[3]) > Date.now() ? address : `${host}/dead`, {
    dispatcher,
    maxBytes: 1_000,
    deadlineMs: 10_000,
  })

const dispatcher = new MockAgent()
dispatcher.disableNetConnect()
const pool = dispatcher.get(host)
pool.intercept({ path: '/dead' }).reply(403, 'expired').persist()
pool
  .intercept({ path: /^\/\d/ })
  .reply(200, ({ path }) => Buffer.from(decodeURIComponent(path.split('/')[2] ?? '')))
  .persist()
