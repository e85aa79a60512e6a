import type { Area, Listed } from './mutant.ts'

const ledger = 'packages/shared/src/ledger'
const schedule = 'apps/producer/src/schedule'
const windows = ['packages/sandbox/test/ledger/windows.test.ts']
const schedules = 'packages/sandbox/test/producer/schedules.test.ts'

/** Ticks that are decided twice or never, and hours outside of which something is submitted. */
export const scheduleMutants = {
  control: [
    {
      name: 'whoever-is-late-keeps-a-window-open',
      file: `${ledger}/includes/paused.lua`,
      find: 'flags[5] and tonumber(flags[5]) <= now',
      replace: 'false',
      protects: 'nothing is submitted after the hours of a batch, however late it is stopped',
      tests: windows,
      titled: 'however late',
    },
    {
      name: 'what-stepped-aside-stays-there',
      file: `${ledger}/set-window.lua`,
      find: ' and not closed then',
      replace: ' then',
      protects: 'an edit that met a closed window goes when it is open again',
      tests: windows,
      titled: 'however late',
    },
    {
      name: 'a-schedule-is-saved-over-another',
      file: `${ledger}/save-schedule.lua`,
      find: 'if known ~= ask.version then',
      replace: 'if false then',
      protects: 'of two who decide a tick one does',
      tests: ['packages/sandbox/test/ledger/schedules.test.ts'],
      titled: 'by whoever has read it last',
    },
    {
      name: 'a-tick-is-decided-anew-after-a-loss',
      file: 'packages/shared/src/restore-schedule.ts',
      find: 'last: Math.max(settings.at, decided?.receipt.tick ?? 0),',
      replace: 'last: settings.at,',
      protects: 'no tick runs twice where Redis forgets everything',
      tests: [schedules],
      titled: 'where Redis forgets',
    },
    {
      name: 'a-paused-schedule-runs',
      file: `${schedule}/decide.ts`,
      find: "if (schedule.pausedAt !== undefined) return { ...skip(schedule, ticks, 'paused', now), more }",
      replace: '',
      protects: 'a tick of a paused schedule does not run',
      tests: [`${schedule}/decide.test.ts`],
      titled: 'is paused, not missed',
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
