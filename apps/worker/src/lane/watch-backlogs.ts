import type { HandContext } from '../hand/step.ts'
import type { Lane } from './lane.ts'

/** A model's backlog: how many edits and resting rows wait, and when the vendor last took one (epoch ms; 0: not known). */
export type Backlog = { model: string; waiting: number; acceptedAt: number }

/** Since when backlogs are not empty, and whether a person was called for it. */
export type Waiting = ReadonlyMap<string, { since: number; told: boolean }>

/** What to say now: of a backlog that has stood still for too long, or that moves again. Times in ms. */
export type BacklogNews = Backlog & { kind: 'stuck' | 'moves'; stillMs: number }

/** A backlog stands still while edits wait and the vendor takes none, for whatever reason. One line for each change. */
export function judgeBacklogs(
  before: Waiting,
  backlogs: readonly Backlog[],
  now: number,
  patienceMs: number,
): { after: Waiting; news: BacklogNews[] } {
  const after = new Map<string, { since: number; told: boolean }>()
  const news: BacklogNews[] = []
  for (const backlog of backlogs) {
    const { model, waiting, acceptedAt } = backlog
    const known = before.get(model)
    const since = known?.since ?? now
    const stillMs = now - Math.max(since, acceptedAt)
    const stuck = waiting > 0 && stillMs >= patienceMs
    if (stuck !== (known?.told ?? false)) news.push({ ...backlog, kind: stuck ? 'stuck' : 'moves', stillMs })
    if (waiting > 0) after.set(model, { since, told: stuck })
  }
  return { after, news }
}

/** Looks at the backlogs of all models: that of a model which this worker does not serve would wait in silence. */
export function backlogWatch(
  { ledger, log }: HandContext,
  { lanes, models, patienceMs }: { lanes: readonly Lane[]; models: readonly string[]; patienceMs: number },
): () => Promise<void> {
  let before: Waiting = new Map()
  /** Whether a person has paused all lanes that it could go to. */
  const isStopped = async (model: string): Promise<boolean> => {
    const own = lanes.filter((lane) => lane.model.id === model)
    const stops = await Promise.all(own.map(({ id }) => ledger.lanes.stoppedBy(id)))
    return own.length > 0 && stops.every((stop) => stop !== undefined)
  }
  /** What waits of a model and is not held back by a person: queued edits, and rows of which none is made. */
  const waitingOf = async (model: string): Promise<number> => {
    if (await isStopped(model)) return 0
    const queued = (await ledger.mayGo(model)) ? await ledger.waiting(model) : 0
    return queued + (await ledger.hungryRows(model))
  }
  return async () => {
    const waiting = await Promise.all(models.map(waitingOf))
    const accepted = await ledger.lanes.acceptedAt()
    const backlogs = models.map((model, i): Backlog => {
      const times = accepted.filter((each) => each.model === model).map(({ at }) => at)
      return { model, waiting: waiting[i] ?? 0, acceptedAt: Math.max(0, ...times) }
    })
    const { after, news } = judgeBacklogs(before, backlogs, await ledger.now(), patienceMs)
    before = after
    for (const { kind, model, waiting: edits, stillMs } of news) {
      const facts = { model, edits, stillMs }
      const own = lanes.filter((lane) => lane.model.id === model)
      if (kind === 'moves') log.info(facts, 'backlog moves again')
      else if (own.length === 0)
        log.error(facts, 'backlog waits for a model that no lane of this worker serves')
      else log.error({ ...facts, lanes: own.map(({ name }) => name) }, 'backlog does not move')
    }
  }
}
