import type { Outcome } from './outcome.ts'
import { type ModelQuota, type SimulatedModel, simulatedModels } from './simulated-models.ts'
import { shortImage } from './short-image.ts'
import { deedOf, type Task } from './task.ts'

/** What moves the tasks. Times in ms of the clock. */
export type TaskClockOptions = {
  now: () => number
  /** How long the next task waits before it starts. */
  nextDelay: () => number
  quotaOf: (model: SimulatedModel) => ModelQuota
  /** Renders a task. Never rejects. */
  run: (task: Task, model: SimulatedModel) => Promise<Outcome>
  /** Writes into a task what came of it; it is saved afterwards. */
  end: (task: Task, outcome: Outcome) => void
  save: (task: Task) => void
}

/** The tasks that have not ended, and the clockwork that moves them. */
export type TaskClock = {
  /** Whether a new task of this model would get a running place at once. */
  hasRoom: (model: string) => boolean
  /** Takes a task that has not ended. */
  enter: (task: Task) => void
  /** Moves every task whose moment has come. */
  tick: () => void
  /** False unless the task was PENDING. */
  cancel: (taskId: string) => boolean
  readonly mostRunning: number
  readonly mostOpen: number
  stop: () => Promise<void>
}

type Open = {
  task: Task
  model: SimulatedModel
  timer?: NodeJS.Timeout
  outcome?: Outcome
}

type Clock = TaskClockOptions & {
  opened: Map<string, Open>
  works: Set<Promise<void>>
  stopped: boolean
  mostRunning: number
  mostOpen: number
}

const longestTimer = 2 ** 31 - 1

/**
 * A task moves when its moment has come, found out by whoever looks first: a caller (`tick`) or the one timer that each
 * open task has.
 */
export const createTaskClock = (options: TaskClockOptions): TaskClock => {
  const clock: Clock = {
    ...options,
    opened: new Map(),
    works: new Set(),
    stopped: false,
    mostRunning: 0,
    mostOpen: 0,
  }
  return {
    hasRoom: (model) => hasRoom(clock, model),
    enter: (task) => enter(clock, task),
    tick: () => {
      for (const entry of clock.opened.values()) advance(clock, entry)
    },
    cancel: (taskId) => cancel(clock, taskId),
    get mostRunning() {
      return clock.mostRunning
    },
    get mostOpen() {
      return clock.mostOpen
    },
    stop: async () => {
      clock.stopped = true
      for (const { timer } of clock.opened.values()) clearTimeout(timer)
      await Promise.all(clock.works)
    },
  }
}

const placed = ({ opened }: Clock, model: string): number =>
  [...opened.values()].filter(({ task }) => task.order.model === model && task.startsAt !== undefined).length

const hasRoom = (clock: Clock, id: string): boolean => {
  const model = simulatedModels.get(id)
  return model !== undefined && placed(clock, id) < clock.quotaOf(model).running
}

const enter = (clock: Clock, task: Task): void => {
  const model = simulatedModels.get(task.order.model)
  if (!model) throw new Error(`no simulated model ${task.order.model}`)
  const entry: Open = { task, model }
  clock.opened.set(task.taskId, entry)
  const alike = [...clock.opened.values()].filter((other) => other.model === model)
  clock.mostOpen = Math.max(clock.mostOpen, alike.length)
  if (task.state === 'RUNNING') run(clock, entry)
  else if (task.startsAt !== undefined) arm(clock, entry)
  else if (hasRoom(clock, task.order.model)) place(clock, entry)
}

/** Gives a task one of its model's running places. */
const place = (clock: Clock, entry: Open): void => {
  const { task } = entry
  const pendingUntil = task.submittedAt + (deedOf(task, 'stay-pending')?.ms ?? 0)
  task.startsAt = Math.max(clock.now() + clock.nextDelay(), pendingUntil)
  clock.mostRunning = Math.max(clock.mostRunning, placed(clock, task.order.model))
  clock.save(task)
  arm(clock, entry)
}

/** Sets the task's timer to its next moment, if that is known. */
const arm = (clock: Clock, entry: Open): void => {
  clearTimeout(entry.timer)
  const { task } = entry
  const due = task.state === 'PENDING' ? task.startsAt : entry.outcome && task.endsAt
  if (due === undefined || clock.stopped || !clock.opened.has(task.taskId)) return
  entry.timer = setTimeout(
    () => advance(clock, entry),
    Math.min(longestTimer, Math.max(0, Math.ceil(due - clock.now()))),
  )
}

const advance = (clock: Clock, entry: Open): void => {
  const { task } = entry
  const { now } = clock
  if (clock.stopped || !clock.opened.has(task.taskId)) return
  if (task.state === 'PENDING' && task.startsAt !== undefined && now() >= task.startsAt) {
    task.state = 'RUNNING'
    task.scheduledAt = task.startsAt
    task.endsAt = task.startsAt + task.durationMs
    clock.save(task)
    run(clock, entry)
  }
  if (task.state === 'RUNNING' && entry.outcome && now() >= (task.endsAt ?? 0)) {
    clock.end(task, entry.outcome)
    close(clock, entry)
  } else arm(clock, entry)
}

const run = (clock: Clock, entry: Open): void => {
  const { task, model } = entry
  const work = clock.run(task, model).then((outcome) => {
    clock.works.delete(work)
    entry.outcome = outcome
    // a render slower than its task delays the end
    if (task.endsAt !== undefined) task.endsAt = Math.max(task.endsAt, clock.now())
    advance(clock, entry)
  })
  clock.works.add(work)
}

const cancel = (clock: Clock, taskId: string): boolean => {
  const entry = clock.opened.get(taskId)
  if (entry?.task.state !== 'PENDING') return false
  entry.task.state = 'CANCELED'
  entry.task.endedAt = clock.now()
  close(clock, entry)
  return true
}

/** Lets go of a task that has ended, and gives its place to those that wait. */
const close = (clock: Clock, { task, timer }: Open): void => {
  clearTimeout(timer)
  clock.opened.delete(task.taskId)
  task.order.images = task.order.images.map(shortImage)
  clock.save(task)
  const id = task.order.model
  for (const waiting of clock.opened.values()) {
    if (waiting.task.order.model !== id || waiting.task.startsAt !== undefined) continue
    if (!hasRoom(clock, id)) break
    place(clock, waiting)
  }
}
