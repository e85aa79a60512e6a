import { limits } from '@restyle/shared/contract/limits'
import { type Schedule, ScheduleName } from '@restyle/shared/contract/schedule'
import { RestyleError } from '@restyle/shared/errors'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { ScheduleId } from '@restyle/shared/ledger/schedules'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ReadConditions, sendTagged, withTag } from '../http/conditions.ts'
import { refusals } from '../http/openapi.ts'
import { NextCursor, openPage, paging, textual, withLink } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { RunView, ScheduleView, viewOfRun, viewOfSchedule } from './schedule-view.ts'
import { settingsOf } from './set-schedule.ts'

type ReadTools = { ledger: Pick<Ledger, 'now' | 'schedules' | 'turn'>; log: Log }

export const SchedulePath = z.object({ name: ScheduleName })

const ScheduleList = z.object({
  schedules: z.array(ScheduleView),
  unreadable: z
    .array(z.object({ id: z.string().describe('Its name'), why: z.string() }))
    .optional()
    .describe('Schedules whose records cannot be read: a newer version wrote them, or they are damaged'),
})

/** Looks at schedules, and at what became of their ticks. */
export function readRoutes(app: Api, tools: ReadTools): void {
  readSchedules(app, tools)
  listRuns(app, tools)
}

function readSchedules(app: Api, tools: ReadTools): void {
  app.get(
    '/v1/schedules',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listSchedules',
        summary: 'All schedules',
        description: 'In the order of their names.',
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
        description:
          'With the next five ticks, the runs that go on, and how many ticks were run and skipped.',
        tags: ['schedules'],
        params: SchedulePath,
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: ScheduleView, ...refusals },
      },
    },
    async (request, reply) => {
      const schedule = await readOwn({ producer: request.producer, name: request.params.name }, tools)
      const settings = settingsOf(schedule)
      return sendTagged(request, reply, await viewNow(schedule, tools), { settings })
    },
  )
}

const runIds = textual(/^[!-~]{1,100}$/)

const dayMs = 24 * 3600_000

/** One that cannot be read hides none of the others, and is in the log once a day. */
async function viewOrWhy(
  { producer, name }: ScheduleId,
  now: number,
  { ledger, log }: ReadTools,
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

function listRuns(app: Api, tools: ReadTools): void {
  app.get(
    '/v1/schedules/:name/runs',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listRunsOfSchedule',
        summary: 'What became of its ticks, the newest first',
        description: 'Runs and skipped ticks, as far as its history goes back.',
        tags: ['schedules'],
        params: SchedulePath,
        querystring: z.strictObject({
          cursor: paging.cursor,
          limit: z.coerce.number().int().min(1).max(limits.scheduleRuns).default(100),
        }),
        'x-problems': ['not-found'],
        'x-answers': withLink,
        response: { 200: z.object({ runs: z.array(RunView), nextCursor: NextCursor }), ...refusals },
      },
    },
    async (request, reply) => {
      const { params, query, producer } = request
      const id = { producer, name: params.name }
      const { after, goOn } = openPage(request, reply, runIds)
      await readOwn(id, tools)
      // one more, to see whether anything is left
      const found = await tools.ledger.schedules.runs(id, query.limit + 1, after)
      const runs = found.slice(0, query.limit)
      const next = found.length > runs.length ? runs.at(-1)?.id : undefined
      return { runs: runs.map(viewOfRun), ...goOn(next) }
    },
  )
}

export const noSuchSchedule = (): Problem => new Problem('not-found', 'There is no such schedule.')

async function readOwn(id: ScheduleId, { ledger }: Pick<ReadTools, 'ledger'>): Promise<Schedule> {
  const read = await ledger.schedules.read(id)
  if (read === undefined) throw noSuchSchedule()
  return read.schedule
}

/** A schedule as it is seen now. */
export const viewNow = async (schedule: Schedule, { ledger }: Pick<ReadTools, 'ledger'>) =>
  viewOfSchedule(schedule, await ledger.now())
