import { randomUUID } from 'node:crypto'
import type { TaskDeed } from './faults.ts'
import { type Outcome, runTask, type Studio } from './outcome.ts'
import { resultPath } from './result-urls.ts'
import type { ModelQuota, SimulatedModel } from './simulated-models.ts'
import type { Drawer } from './store.ts'
import { deedOf, type Task } from './task.ts'
import { createTaskClock } from './task-clock.ts'
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

/** The tasks of the simulated service. */
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

const readTasks = (drawer: Drawer): Task[] => {
  const kept = drawer.names().flatMap((name) => {
    const bytes = drawer.get(name)
    return bytes ? [JSON.parse(bytes.toString()) as Task] : []
  })
  return kept.toSorted((a, b) => a.submittedAt - b.submittedAt)
}

const newTask = (
  { now, random, nextDuration }: TaskBookOptions,
  asked: { order: Order; requestId: string; deeds: TaskDeed[] },
): Task => {
  const task: Task = {
    ...asked,
    taskId: randomUUID(),
    seed: asked.order.seed ?? Math.floor(random() * 2 ** 31),
    state: 'PENDING',
    submittedAt: now(),
    durationMs: nextDuration(),
    results: [],
    billed: 0,
  }
  const take = deedOf(task, 'take')
  if (take) task.durationMs = take.ms
  return task
}

const endTask = (task: Task, outcome: Outcome, { pictures, urlLifetimeMs }: TaskBookOptions): void => {
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
      return { path, sha256, expiresAt: endedAt + urlLifetimeMs }
    })
    task.state = 'SUCCEEDED'
    task.results = [...stored, ...outcome.failures]
    task.billed = stored.length + (deedOf(task, 'overcount')?.by ?? 0)
  }
}

/** Drops the pictures whose addresses have died, and takes their tasks off the list, which is in the order of their ends. */
const sweepPictures = (pictured: Task[], { now, pictures, urlLifetimeMs }: TaskBookOptions): void => {
  const dead = (task: Task): boolean => (task.endedAt ?? 0) + urlLifetimeMs + 1000 < now()
  while (pictured[0] && dead(pictured[0])) {
    for (const result of pictured[0].results) if ('path' in result) pictures.drop(result.path)
    pictured.shift()
  }
}

/** Keeps the tasks. Whoever looks moves them first to where they should be by now. */
export const createTaskBook = (options: TaskBookOptions): TaskBook => {
  const { now, studio, taskLifetimeMs } = options
  const book = new Map<string, Task>()
  const pictured: Task[] = []

  const save = (task: Task): void => options.tasks.put(task.taskId, Buffer.from(JSON.stringify(task)))
  const isAlive = ({ endedAt }: Task): boolean => endedAt === undefined || endedAt + taskLifetimeMs > now()

  const clock = createTaskClock({
    now,
    nextDelay: options.nextDelay,
    quotaOf: options.quotaOf,
    run: (task, model) => runTask(task, model, studio),
    end: (task, outcome) => {
      endTask(task, outcome, options)
      if (task.state !== 'SUCCEEDED') return
      pictured.push(task)
      sweepPictures(pictured, options)
    },
    save,
  })
  for (const task of readTasks(options.tasks)) {
    book.set(task.taskId, task)
    if (task.endedAt === undefined) clock.enter(task)
    else if (task.state === 'SUCCEEDED') pictured.push(task)
  }

  return {
    hasRoom: (model) => {
      clock.tick()
      return clock.hasRoom(model)
    },
    open: (order, requestId, deeds) => {
      const task = newTask(options, { order, requestId, deeds })
      book.set(task.taskId, task)
      save(task)
      clock.enter(task)
      return task
    },
    find: (taskId) => {
      clock.tick()
      const task = book.get(taskId)
      return task && isAlive(task) ? task : undefined
    },
    cancel: (taskId) => {
      clock.tick()
      return clock.cancel(taskId)
    },
    living: () => {
      clock.tick()
      return [...book.values()].filter(isAlive).toReversed()
    },
    all: () => [...book.values()],
    get mostRunning() {
      return clock.mostRunning
    },
    get mostOpen() {
      return clock.mostOpen
    },
    stop: clock.stop,
  }
}
