import { promises } from './check.ts'
import type { Invariant } from './facts.ts'
import type { ChaosReport, SeedReport } from './run-chaos.ts'
import { percentile } from './recovery.ts'

/** A run of at least so many seeds must have met every fault and every point, and recovered in time; a shorter one only says what it missed and measured. */
const fullRun = 20

/** How long an edit may stand still after a kill -9, at the 95th percentile (ms). */
const recoveryGoalMs = 10_000

/** What of a run is told as JSON. */
export function summaryOf(report: ChaosReport) {
  const { seeds, totals, kills, faults, recoveryMs, broken, ms } = report
  const violations = seeds.flatMap((each) => each.violations)
  const count = (invariant: Invariant) => violations.filter((each) => each.invariant === invariant).length
  const missed = [...unstruck(kills), ...unstruck(faults)]
  const recovery = {
    kills: recoveryMs.length,
    p50Ms: percentile(recoveryMs, 0.5),
    p95Ms: percentile(recoveryMs, 0.95),
  }
  const problems = [
    ...(seeds.length === 0 ? ['no seed was brought to its end'] : []),
    ...violations.map(
      ({ invariant, what, editId }) =>
        `${invariant} ${promises[invariant]}: ${what}${editId ? ` (${editId})` : ''}`,
    ),
    ...(seeds.length >= fullRun ? missed.map((name) => `never struck: ${name}`) : []),
    ...(seeds.length >= fullRun && recovery.p95Ms > recoveryGoalMs
      ? [`kill -9 to next step: p95 ${recovery.p95Ms} ms is over ${recoveryGoalMs} ms`]
      : []),
  ]
  return {
    ok: problems.length === 0,
    seeds: seeds.map(({ seed }) => seed),
    ms,
    totals: {
      ...totals,
      doubleSubmits: count('I2'),
      lostImages: count('I3'),
      lostEvents: count('I4'),
      stuckEdits: count('I1'),
    },
    recovery,
    killsByPoint: kills,
    faults,
    missed,
    problems,
    ...(broken === undefined ? {} : { broken }),
  }
}

const unstruck = (faults: Record<string, number>): string[] =>
  Object.entries(faults).flatMap(([name, count]) => (count === 0 ? [name] : []))

/** One line per seed, while the run goes on. */
export const seedLine = ({ seed, ms, edits, review, violations }: SeedReport): string =>
  `seed ${String(seed).padStart(4)}  ${String(edits).padStart(2)} edits  ${(ms / 1000).toFixed(1).padStart(5)} s  ${
    violations.length === 0
      ? 'all promises kept'
      : `BROKEN ${[...new Set(violations.map(({ invariant }) => invariant))].join(', ')}`
  }${review === 0 ? '' : `  (${review} held for review)`}`

/** The table of a run, for a person. */
export function reportText(report: ChaosReport): string {
  const { ok, seeds, ms, totals, recovery, killsByPoint, faults, missed, problems } = summaryOf(report)
  const rows: [string, number | string][] = [
    ['seeds', `${seeds.length} (${seeds[0] ?? '-'} to ${seeds.at(-1) ?? '-'})`],
    ['duration', `${Math.round(ms / 1000)} s`],
    ['edits accepted', totals.accepted],
    ['POSTs that reached the provider', totals.posts],
    ['POSTs accepted by the provider', totals.tasks],
    ['images billed', totals.billed],
    ['images stored', totals.stored],
    ['events delivered', totals.delivered],
    ['held for review', totals.review],
    ['double submits', totals.doubleSubmits],
    ['lost images', totals.lostImages],
    ['lost events', totals.lostEvents],
    ['stuck edits', totals.stuckEdits],
    ['kill -9 to next step', `p50 ${recovery.p50Ms} ms, p95 ${recovery.p95Ms} ms (${recovery.kills} edits)`],
  ]
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, count]) => `  ${name.padEnd(26)}${String(count).padStart(6)}`)
      .join('\n')
  return [
    '',
    ...rows.map(([name, value]) => `${name.padEnd(34)}${value}`),
    '',
    'killed at point',
    list(killsByPoint),
    '',
    'faults that struck',
    list(faults),
    '',
    ...(missed.length > 0 ? [`not met in this run: ${missed.join(', ')}`, ''] : []),
    ...problems,
    ...(report.broken
      ? [
          '',
          `seed ${report.broken.seed} again:  pnpm chaos --seed ${report.broken.seed}${report.guard === undefined ? '' : ` --break ${report.guard}`}`,
          `history and logs are in ${report.dir}`,
          ...report.broken.history.map((entry) => `  ${JSON.stringify(entry)}`),
        ]
      : []),
    ok ? 'All promises were kept.' : 'NOT all promises were kept.',
    '',
  ].join('\n')
}
