import { limits } from '@restyle/shared/contract/limits'
import { type Schedule, ScheduleName } from '@restyle/shared/contract/schedule'
import { RestyleError } from '@restyle/shared/errors'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { ScheduleId } from '@restyle/shared/ledger/schedules'
import type { Log } from '@restyle/shared/log'
import type { SourceBucket } from '@restyle/shared/store/source-buckets'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { IntakeHeaders, keyOf } from '../http/intake-headers.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { faultInBody } from '../http/validate.ts'
import { faultsOfSchedule } from './check-schedule.ts'
import { noScheduleFailpoints } from './failpoints.ts'
import { runNow } from './run-now.ts'
import { RunView, ScheduleBody, ScheduleView, viewOfRun, viewOfSchedule } from './schedule-view.ts'
import {
  pauseSchedule,
  removeSchedule,
  type ScheduleSet,
  setSchedule,
  type SetTools,
} from './set-schedule.ts'

type Tools = SetTools & {
  ledger: Pick<Ledger, 'now' | 'readBatch' | 'schedules' | 'stopsOfProducer' | 'turn'>
  /** What the manifests of schedules may name. */
  sourceBuckets: readonly SourceBucket[]
  log: Log
}

const SchedulePath = z.object({ name: ScheduleName })

const ScheduleAnswer = z.object({
  outcome: z.enum(['added', 'changed', 'unchanged']),
  schedule: ScheduleView,
})

const ScheduleList = z.object({
  schedules: z.array(ScheduleView),
  unreadable: z
    .array(z.object({ id: z.string().describe('Its name'), why: z.string() }))
    .optional()
    .describe('Schedules whose records cannot be read: a newer version wrote them, or they are damaged'),
})

/** Catalogs that are run again and again. */
export function scheduleRoutes(app: Api, tools: Tools): void {
  putSchedule(app, tools)
  readSchedules(app, tools)
  listRuns(app, tools)
  pauseRoute(app, tools, 'pause')
  pauseRoute(app, tools, 'resume')
  runRoute(app, tools)
  removeRoute(app, tools)
}

function putSchedule(app: Api, tools: Tools): void {
  app.put(
    '/v1/schedules/:name',
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: 'setSchedule',
        summary: 'Add a schedule, or set it otherwise',
        description:
          'Each run is a batch of what has changed since the runs before it, named after the schedule and the tick. The same again changes nothing. Ticks of before a change never count as missed.',
        tags: ['schedules'],
        params: SchedulePath,
        body: ScheduleBody,
        response: { 200: ScheduleAnswer, ...refusals },
      },
    },
    async ({ params: { name }, body, producer, keyId }) => {
      const faults = faultsOfSchedule(body, producer, tools.sourceBuckets)
      if (faults.length > 0)
        throw Problem.ofFaults(
          'invalid-request',
          faults.map((fault) => faultInBody(fault)),
        )
      const set = done(await setSchedule({ producer, name }, body, tools))
      if (set.kind !== 'unchanged')
        tools.log.info({ producer, schedule: name, keyId }, `schedule ${set.kind}`)
      return { outcome: set.kind, schedule: await viewNow(set.schedule, tools) }
    },
  )
}

function readSchedules(app: Api, tools: Tools): void {
  app.get(
    '/v1/schedules',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listSchedules',
        summary: 'All schedules',
        tags: ['schedules'],
        response: { 200: ScheduleList, ...refusals },
      },
    },
    async ({ producer }) => {
      const names = await tools.ledger.schedules.list(producer)
      const now = await tools.ledger.now()
      const read = await Promise.all(names.map((name) => viewOrWhy({ producer, name }, now, tools)))
      const unreadable = read.flatMap((each) => (each !== undefined && 'why' in each ? [each] : []))
      return {
        schedules: read.flatMap((each) => (each === undefined || 'why' in each ? [] : [each])),
        ...(unreadable.length === 0 ? {} : { unreadable }),
      }
    },
  )
  app.get(
    '/v1/schedules/:name',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readSchedule',
        summary: 'A schedule, its next ticks and what goes on',
        tags: ['schedules'],
        params: SchedulePath,
        response: { 200: ScheduleView, ...refusals },
      },
    },
    async ({ params: { name }, producer }) => viewNow(await readOwn({ producer, name }, tools), tools),
  )
}

const dayMs = 24 * 3600_000

/** One that cannot be read hides none of the others, and is in the log once a day. */
async function viewOrWhy(
  { producer, name }: ScheduleId,
  now: number,
  { ledger, log }: Tools,
): Promise<z.infer<typeof ScheduleView> | { id: string; why: string } | undefined> {
  try {
    const read = await ledger.schedules.read({ producer, name })
    return read && viewOfSchedule(read.schedule, now)
  } catch (error) {
    if (!(error instanceof RestyleError) || error.code !== 'Unreadable') throw error
    const why = error.message
    if (await ledger.turn(`alarm:unreadable:schedule:${producer}:${name}`, dayMs))
      log.error({ producer, schedule: name, why }, 'schedule cannot be read, and is left alone')
    return { id: name, why }
  }
}

function listRuns(app: Api, tools: Tools): void {
  app.get(
    '/v1/schedules/:name/runs',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listRunsOfSchedule',
        summary: 'What became of its ticks, the newest first',
        tags: ['schedules'],
        params: SchedulePath,
        querystring: z.strictObject({
          limit: z.coerce.number().int().min(1).max(limits.scheduleRuns).default(100),
        }),
        response: { 200: z.object({ runs: z.array(RunView) }), ...refusals },
      },
    },
    async ({ params: { name }, query, producer }) => {
      await readOwn({ producer, name }, tools)
      const runs = await tools.ledger.schedules.runs({ producer, name }, query.limit)
      return { runs: runs.map(viewOfRun) }
    },
  )
}

const summaries = {
  pause: 'Skip all ticks until the schedule is resumed',
  resume: 'Let its ticks run again; those that were skipped do not come back',
} as const

function pauseRoute(app: Api, tools: Tools, verb: 'pause' | 'resume'): void {
  app.post(
    `/v1/schedules/:name/${verb}`,
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: `${verb}Schedule`,
        summary: summaries[verb],
        description: 'A run that goes on goes on: pause or cancel its batch to hold that back.',
        tags: ['schedules'],
        params: SchedulePath,
        response: { 200: ScheduleAnswer, ...refusals },
      },
    },
    async ({ params: { name }, producer, keyId }) => {
      const set = done(await pauseSchedule({ producer, name }, verb === 'pause', tools))
      if (set.kind !== 'unchanged') tools.log.info({ producer, schedule: name, keyId }, `schedule ${verb}d`)
      return { outcome: set.kind, schedule: await viewNow(set.schedule, tools) }
    },
  )
}

function runRoute(app: Api, tools: Tools): void {
  app.post(
    '/v1/schedules/:name/run',
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: 'runSchedule',
        summary: 'Run it now',
        description:
          'Through the same gate as a tick: while a run goes on it is skipped, waits or runs beside it, as `overlap` says, and `outcome` tells which. A paused schedule runs, too. The same Idempotency-Key is the same run.',
        tags: ['schedules'],
        params: SchedulePath,
        headers: IntakeHeaders,
        response: { 200: RunView, ...refusals },
      },
    },
    async ({ params: { name }, headers, producer, keyId }) => {
      const run = await runNow({ producer, name }, keyOf(headers), {
        ...tools,
        failpoint: noScheduleFailpoints,
      })
      if (run === undefined) throw noSuchSchedule()
      tools.log.info({ producer, schedule: name, keyId, outcome: run.outcome }, 'schedule is to run now')
      return viewOfRun(run)
    },
  )
}

function removeRoute(app: Api, tools: Tools): void {
  app.delete(
    '/v1/schedules/:name',
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: 'removeSchedule',
        summary: 'Remove a schedule and its history',
        description: 'Its batches stay, and a run that goes on goes on.',
        tags: ['schedules'],
        params: SchedulePath,
        response: { 200: ScheduleView, ...refusals },
      },
    },
    async ({ params: { name }, producer, keyId }) => {
      const removed = await removeSchedule({ producer, name }, tools)
      if (removed === undefined) throw noSuchSchedule()
      tools.log.info({ producer, schedule: name, keyId }, 'schedule removed')
      return viewNow(removed, tools)
    },
  )
}

const noSuchSchedule = (): Problem => new Problem('not-found', 'There is no such schedule.')

async function readOwn(id: ScheduleId, { ledger }: Tools): Promise<Schedule> {
  const read = await ledger.schedules.read(id)
  if (read === undefined) throw noSuchSchedule()
  return read.schedule
}

const viewNow = async (schedule: Schedule, { ledger }: Tools) => viewOfSchedule(schedule, await ledger.now())

function done(set: ScheduleSet): Extract<ScheduleSet, { schedule: Schedule }> {
  switch (set.kind) {
    case 'added':
    case 'changed':
    case 'unchanged':
      return set
    case 'none':
      throw noSuchSchedule()
    case 'full':
      throw new Problem(
        'invalid-request',
        `You have ${limits.schedules} schedules, which is the most: remove one before you add another.`,
      )
    case 'busy':
      throw new Problem(
        'unavailable',
        'Ticks of the time in which nobody was there are being decided. Send the same again in a moment.',
        { retryAfter: 5 },
      )
  }
}
