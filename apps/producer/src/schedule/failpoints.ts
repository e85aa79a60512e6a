/**
 * Points in the work on schedules at which a process may be killed without harm. In production nothing happens there; the
 * failure tests pass a function that kills the process or throws.
 */
export const scheduleFailpoints = [
  /** A schedule is to be looked at, nothing was done. */
  'woken',
  /** The bucket knows what becomes of a tick, the ledger does not. */
  'decided',
  /** The ledger knows of the run, nobody plans it. */
  'noted',
  /** The catalog was read, the run's batch is not there. */
  'catalog-read',
  /** Some rows of the batch are there. */
  'rows-sent',
  /** The batch is closed. */
  'batch-closed',
  /** The bucket knows how the run was planned, the ledger does not. */
  'planned',
] as const
export type ScheduleFailpoint = (typeof scheduleFailpoints)[number]

export type OnScheduleFailpoint = (point: ScheduleFailpoint, schedule: string) => Promise<void>

export const noScheduleFailpoints: OnScheduleFailpoint = async () => {}
