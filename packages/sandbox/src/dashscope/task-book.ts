import { randomUUID } from 'node:crypto'
import type { TaskDeed } from './faults.ts'
import { type Outcome, runTask, type Studio } from './outcome.ts'
import { resultPath } from './result-urls.ts'
import { type ModelQuota, type SimulatedModel, simulatedModels } from './simulated-models.ts'
import { shortImage } from './short-image.ts'
import type { Drawer } from './store.ts'
import { deedOf, type Task } from './task.ts'
import type { Order } from './validate.ts'

/** What the book of tasks needs. Lifetimes in ms of the clock. */
export type TaskBookOptions = {
  now: () => number
  random: () => number
  /** How long the next task runs, and how long it waits before it starts, ms of the clock. */
  nextDuration: () => number
  nextDelay: () => number
  quotaOf: (model: SimulatedModel) => ModelQuota
  urlLifetimeMs: number
  taskLifetimeMs: number
  studio: Studio
  tasks: Drawer
  pictures: Drawer
}

/** The tasks of the simulated service and the clockwork that moves them. */
export type TaskBook = {
  /** Whether a new task of this model would get a running place at once. */
  hasRoom: (model: string) => boolean
  open: (order: Order, requestId: string, deeds: TaskDeed[]) => Task
  /** `undefined`: no such task, or gone after its lifetime. */
  find: (taskId: string) => Task | undefined
  /** False unless the task was PENDING. */
  cancel: (taskId: string) => boolean
  /** Living tasks, newest first. */
  living: () => Task[]
  /** Every task ever, oldest first. */
  all: () => Task[]
  readonly mostRunning: number
  readonly mostOpen: number
  stop: () => Promise<void>
}

type Open = {
  task: Task
  model: SimulatedModel
  timer?: NodeJS.Timeout
  work?: Promise<void>
  outcome?: Outcome
}

const longestTimer = 2 ** 31 - 1

/**
 * Keeps the tasks. A task moves when its moment has come, found out by whoever looks first: a caller (`find`, `living`,
 * …) or the one timer that each open task has.
 */
export const createTaskBook = (options: TaskBookOptions): TaskBook => {
  const { now, studio, pictures } = options
  const book = new Map<string, Task>()
  const opened = new Map<string, Open>()
  const works = new Set<Promise<void>>()
  let pictured: Task[] = []
  let stopped = false
  let mostRunning = 0
  let mostOpen = 0

  const save = (task: Task): void => options.tasks.put(task.taskId, Buffer.from(JSON.stringify(task)))

  const placed = (model: string): number =>
    [...opened.values()].filter(({ task }) => task.order.model === model && task.startsAt !== undefined)
      .length

  const hasRoom = (id: string): boolean => {
    const model = simulatedModels.get(id)
    return model !== undefined && placed(id) < options.quotaOf(model).running
  }

  const place = (entry: Open): void => {
    const { task } = entry
    const pendingUntil = task.submittedAt + (deedOf(task, 'stay-pending')?.ms ?? 0)
    task.startsAt = Math.max(now() + options.nextDelay(), pendingUntil)
    mostRunning = Math.max(mostRunning, placed(task.order.model))
    save(task)
    arm(entry)
  }

  const close = (entry: Open): void => {
    clearTimeout(entry.timer)
    opened.delete(entry.task.taskId)
    entry.task.order.images = entry.task.order.images.map(shortImage)
    save(entry.task)
    const id = entry.task.order.model
    for (const waiting of opened.values()) {
      if (waiting.task.order.model !== id || waiting.task.startsAt !== undefined) continue
      if (!hasRoom(id)) break
      place(waiting)
    }
  }

  const sweepPictures = (): void => {
    const dead = (task: Task): boolean => (task.endedAt ?? 0) + options.urlLifetimeMs + 1000 < now()
    while (pictured[0] && dead(pictured[0])) {
      for (const result of pictured[0].results) if ('path' in result) pictures.drop(result.path)
      pictured = pictured.slice(1)
    }
  }

  const finish = (entry: Open, outcome: Outcome): void => {
    const { task } = entry
    const endedAt = Math.max(task.endsAt ?? 0, task.submittedAt)
    task.endedAt = endedAt
    if (deedOf(task, 'canceled')) {
      task.state = 'CANCELED'
    } else if (!outcome.ok) {
      task.state = 'FAILED'
      if (outcome.failure.code !== undefined) task.code = outcome.failure.code
      if (outcome.failure.message !== undefined) task.message = outcome.failure.message
    } else {
      const stored = outcome.pictures.map(({ bytes, sha256 }, k) => {
        const path = resultPath(task.taskId, k, endedAt)
        pictures.put(path, bytes)
        return { path, sha256, expiresAt: endedAt + options.urlLifetimeMs }
      })
      task.state = 'SUCCEEDED'
      task.results = [...stored, ...outcome.failures]
      task.billed = stored.length + (deedOf(task, 'overcount')?.by ?? 0)
      pictured.push(task)
      sweepPictures()
    }
    close(entry)
  }

  const advance = (entry: Open): void => {
    const { task } = entry
    if (stopped || !opened.has(task.taskId)) return
    if (task.state === 'PENDING' && task.startsAt !== undefined && now() >= task.startsAt) {
      task.state = 'RUNNING'
      task.scheduledAt = task.startsAt
      task.endsAt = task.startsAt + task.durationMs
      save(task)
      run(entry)
    }
    if (task.state === 'RUNNING' && entry.outcome && now() >= (task.endsAt ?? 0)) finish(entry, entry.outcome)
    else arm(entry)
  }

  const run = (entry: Open): void => {
    const work = runTask(entry.task, entry.model, studio).then((outcome) => {
      works.delete(work)
      entry.outcome = outcome
      // a render slower than its task delays the end
      if (entry.task.endsAt !== undefined) entry.task.endsAt = Math.max(entry.task.endsAt, now())
      advance(entry)
    })
    works.add(work)
  }

  const arm = (entry: Open): void => {
    clearTimeout(entry.timer)
    const { task } = entry
    const due = task.state === 'PENDING' ? task.startsAt : entry.outcome && task.endsAt
    if (due === undefined || stopped || !opened.has(task.taskId)) return
    entry.timer = setTimeout(
      () => advance(entry),
      Math.min(longestTimer, Math.max(0, Math.ceil(due - now()))),
    )
  }

  const tick = (): void => {
    for (const entry of opened.values()) advance(entry)
  }

  const enter = (task: Task): void => {
    const model = simulatedModels.get(task.order.model)
    if (!model) throw new Error(`no simulated model ${task.order.model}`)
    const entry: Open = { task, model }
    opened.set(task.taskId, entry)
    mostOpen = Math.max(mostOpen, [...opened.values()].filter((other) => other.model === model).length)
    if (task.state === 'RUNNING') run(entry)
    else if (task.startsAt !== undefined) arm(entry)
    else if (hasRoom(task.order.model)) place(entry)
  }

  const isAlive = ({ endedAt }: Task): boolean =>
    endedAt === undefined || endedAt + options.taskLifetimeMs > now()

  const load = (): void => {
    const kept = options.tasks.names().flatMap((name) => {
      const bytes = options.tasks.get(name)
      return bytes ? [JSON.parse(bytes.toString()) as Task] : []
    })
    for (const task of kept.toSorted((a, b) => a.submittedAt - b.submittedAt)) {
      book.set(task.taskId, task)
      if (task.endedAt === undefined) enter(task)
      else if (task.state === 'SUCCEEDED') pictured.push(task)
    }
  }
  load()

  return {
    hasRoom: (model) => {
      tick()
      return hasRoom(model)
    },
    open: (order, requestId, deeds) => {
      const task: Task = {
        taskId: randomUUID(),
        requestId,
        order,
        seed: order.seed ?? Math.floor(options.random() * 2 ** 31),
        deeds,
        state: 'PENDING',
        submittedAt: now(),
        durationMs: options.nextDuration(),
        results: [],
        billed: 0,
      }
      const take = deedOf(task, 'take')
      if (take) task.durationMs = take.ms
      book.set(task.taskId, task)
      save(task)
      enter(task)
      return task
    },
    find: (taskId) => {
      tick()
      const task = book.get(taskId)
      return task && isAlive(task) ? task : undefined
    },
    cancel: (taskId) => {
      tick()
      const entry = opened.get(taskId)
      if (entry?.task.state !== 'PENDING') return false
      entry.task.state = 'CANCELED'
      entry.task.endedAt = now()
      close(entry)
      return true
    },
    living: () => {
      tick()
      return [...book.values()].filter(isAlive).toReversed()
    },
    all: () => [...book.values()],
    get mostRunning() {
      return mostRunning
    },
    get mostOpen() {
      return mostOpen
    },
    stop: async () => {
      stopped = true
      for (const { timer } of opened.values()) clearTimeout(timer)
      await Promise.all(works)
    },
  }
}
