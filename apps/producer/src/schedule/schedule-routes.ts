import { limits } from '@restyle/shared/contract/limits'
import type { Schedule } from '@restyle/shared/contract/schedule'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import type { SourceBucket } from '@restyle/shared/store/source-buckets'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ChangeConditions, conditionOf, tagOf } from '../http/conditions.ts'
import { IntakeHeaders, keyOf } from '../http/intake-headers.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { faultInBody } from '../http/validate.ts'
import { faultsOfSchedule } from './check-schedule.ts'
import { noScheduleFailpoints } from './failpoints.ts'
import { noSuchSchedule, readRoutes, SchedulePath, viewNow } from './read-routes.ts'
import { runNow } from './run-now.ts'
import { RunView, ScheduleBody, ScheduleView, viewOfRun } from './schedule-view.ts'
import {
  pauseSchedule,
  removeSchedule,
  type ScheduleSet,
  setSchedule,
  settingsOf,
  type SetTools,
} from './set-schedule.ts'

type Tools = SetTools & {
  ledger: Pick<Ledger, 'now' | 'readBatch' | 'schedules' | 'stopsOfProducer' | 'turn'>
  /** What the manifests of schedules may name. */
  sourceBuckets: readonly SourceBucket[]
  log: Log
}

const ScheduleAnswer = z.object({
  outcome: z.enum(['added', 'changed', 'unchanged']),
  schedule: ScheduleView,
})

/** Catalogs that are run again and again. */
export function scheduleRoutes(app: Api, tools: Tools): void {
  putSchedule(app, tools)
  readRoutes(app, tools)
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
        headers: ChangeConditions,
        body: ScheduleBody,
        'x-problems': ['precondition-failed'],
        'x-answers': {
          200: { description: 'It was there', headers: ['ETag'] },
          201: { description: 'It is new', headers: ['ETag'] },
        },
        response: { 200: ScheduleAnswer, 201: ScheduleAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body, producer, keyId } = request
      const { name } = params
      const faults = faultsOfSchedule(body, producer, tools.sourceBuckets)
      if (faults.length > 0)
        throw Problem.ofFaults(
          'invalid-request',
          faults.map((fault) => faultInBody(fault)),
        )
      const set = done(await setSchedule({ producer, name }, body, tools, conditionOf(request)))
      if (set.kind !== 'unchanged')
        tools.log.info({ producer, schedule: name, keyId }, `schedule ${set.kind}`)
      const schedule = await viewNow(set.schedule, tools)
      void reply.header('etag', tagOf(schedule, settingsOf(set.schedule)))
      return reply.code(set.kind === 'added' ? 201 : 200).send({ outcome: set.kind, schedule })
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
        'x-problems': ['not-found'],
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
        'x-problems': ['not-found'],
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
        headers: z.looseObject({ 'if-match': ChangeConditions.shape['if-match'] }),
        'x-problems': ['not-found', 'precondition-failed'],
        response: { 200: ScheduleView, ...refusals },
      },
    },
    async (request) => {
      const { params, producer, keyId } = request
      const { name } = params
      const removed = await removeSchedule({ producer, name }, tools, conditionOf(request))
      if (removed === undefined) throw noSuchSchedule()
      tools.log.info({ producer, schedule: name, keyId }, 'schedule removed')
      return viewNow(removed, tools)
    },
  )
}

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
