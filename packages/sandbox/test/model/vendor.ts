import type { DashScope } from '@restyle/dashscope/client'
import type { TaskState } from '@restyle/dashscope/task-state'
import { cny } from '@restyle/dashscope/money'

/** What the vendor does with a POST. Only `accept` and `lose` make a task. */
export type Reply = 'accept' | 'lose' | 'drop' | 'throttle' | 'fix' | 'arrears'

type VendorTask = {
  taskId: string
  /** The picture it was made from, which names the edit: what the vendor knows and the list does not tell. */
  source: string
  prompt: string
  state: TaskState
  code: string
  createdAt: number
}

/** The vendor in memory: it keeps the bill. */
export type Vendor = {
  client: DashScope
  tasks: VendorTask[]
  /** What it does with the next POSTs. */
  reply: Reply
  /** Whether queries are answered. */
  silent: boolean
  /** How long its list lags behind. */
  lagMs: number
}

export const pricePerImage = cny(0.2).micros
export const pictureOf = (taskId: string): Buffer => Buffer.from(`picture of ${taskId}`)

/** `now` is the time of the world; a POST that is under way for longer than `postMs` is torn down and makes no task. */
export function openVendor(
  now: () => Promise<number>,
  postMs: number,
  onTheWire: () => Promise<void>,
): Vendor {
  const tasks: VendorTask[] = []
  const away = { kind: 'unanswered', code: 'ECONNRESET', message: 'reset', action: 'retryLater' } as const
  const notUsed = async () => ({ ...away })
  const vendor: Vendor = {
    tasks,
    reply: 'accept',
    silent: false,
    lagMs: 0,
    client: {
      submit: async (_model, body, { mayStart = () => true } = {}) => {
        if (!mayStart())
          return { kind: 'refused', code: 'NotSent', message: 'too late', action: 'retryLater' }
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
          case 'lose': {
            const { prompt, images } = (body as { input: { prompt: string; images: string[] } }).input
            const taskId = `task-${tasks.length + 1}`
            const createdAt = await now()
            tasks.push({ taskId, source: images[0] ?? '', prompt, state: 'running', code: '', createdAt })
            return reply === 'accept'
              ? { kind: 'accepted', taskId }
              : { kind: 'unknown', cause: 'reset', detail: 'the answer was lost' }
          }
        }
      },
      task: async (taskId) => {
        const task = tasks.find((each) => each.taskId === taskId)
        if (vendor.silent || task === undefined) return away
        const { state, code, prompt } = task
        const url = `http://vendor.test/${taskId}`
        const images = state === 'succeeded' ? [{ url, origPrompt: prompt }] : []
        const facts = { taskId, state, rawStatus: state, images, failures: [], billed: images.length }
        return { kind: 'task', task: { ...facts, ...(code === '' ? {} : { code, message: code }) } }
      },
      list: async ({ from, to }) => {
        if (vendor.silent) return away
        const seenUntil = (await now()) - vendor.lagMs
        const items = tasks
          .filter(({ createdAt }) => createdAt >= from && createdAt <= to && createdAt <= seenUntil)
          .map(({ taskId, state, createdAt }) => ({ taskId, state, rawStatus: state, model: '', createdAt }))
        return { kind: 'page', items, total: items.length, totalPages: 1, page: 1 }
      },
      cancel: notUsed,
      uploadPolicy: notUsed,
      upload: notUsed,
      clock: () => undefined,
      close: async () => {},
    },
  }
  return vendor
}
