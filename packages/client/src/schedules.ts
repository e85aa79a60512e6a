import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { intake, type IntakeOptions } from './intake.ts'
import type { ListOptions } from './pages.ts'
import type { Schedule, ScheduleRequest, ScheduleRun } from './types.ts'

/** A schedule, and what a call has made of it. */
export type ScheduleChanged = { outcome: 'added' | 'changed' | 'unchanged'; schedule: Schedule }

/** Catalogs that are run again and again. */
export const schedules = (connection: Connection) => ({
  /** Adds a schedule, or sets it otherwise. The same again changes nothing. */
  set: (name: string, request: ScheduleRequest, options: CallOptions = {}): Promise<ScheduleChanged> =>
    call(connection, 'put', '/v1/schedules/{name}', {
      ...options,
      params: { name },
      json: request,
      has: 'schedule',
    }),

  /** `unreadable` hears of those that the producer cannot read, by their names: they are missing. */
  list: async ({ unreadable, ...options }: ListOptions = {}): Promise<Schedule[]> => {
    const answer = await call(connection, 'get', '/v1/schedules', { ...options, has: 'schedules' })
    if (unreadable !== undefined) for (const each of answer.unreadable ?? []) unreadable(each)
    return answer.schedules
  },

  read: (name: string, options: CallOptions = {}): Promise<Schedule> =>
    call(connection, 'get', '/v1/schedules/{name}', { ...options, params: { name }, has: 'nextTicks' }),

  /** What became of its ticks, the newest first; at most 500 are kept. */
  runs: async (
    name: string,
    { limit, ...options }: CallOptions & { limit?: number } = {},
  ): Promise<ScheduleRun[]> => {
    const sent = { ...options, params: { name }, query: { limit }, has: 'runs' } as const
    return (await call(connection, 'get', '/v1/schedules/{name}/runs', sent)).runs
  },

  /** Its ticks are skipped until it is resumed. A run that goes on goes on. */
  pause: (name: string, options: CallOptions = {}): Promise<ScheduleChanged> =>
    call(connection, 'post', '/v1/schedules/{name}/pause', { ...options, params: { name }, has: 'schedule' }),

  resume: (name: string, options: CallOptions = {}): Promise<ScheduleChanged> =>
    call(connection, 'post', '/v1/schedules/{name}/resume', {
      ...options,
      params: { name },
      has: 'schedule',
    }),

  /** Runs it now, through the same gate as a tick: `outcome` tells whether it starts, waits or is skipped. */
  run: (name: string, options: IntakeOptions = {}): Promise<ScheduleRun> =>
    call(connection, 'post', '/v1/schedules/{name}/run', {
      ...intake(connection, options),
      params: { name },
      has: 'outcome',
    }),

  /** Removes it and its history; its batches stay. Gives what it was. */
  remove: (name: string, options: CallOptions = {}): Promise<Schedule> =>
    call(connection, 'delete', '/v1/schedules/{name}', { ...options, params: { name }, has: 'nextTicks' }),
})
