import { type Known, type KnownRows, printOf } from './known-rows.ts'

/**
 * What a row of a catalog is, beside what was enqueued before. `underWay`: the same has not ended. `notCompared`: its
 * pictures were not looked at. `unknown`: nobody remembers what became of it. `sent`: by the run that is continued.
 */
export const verdicts = [
  'new',
  'changed',
  'failed',
  'canceled',
  'unchanged',
  'underWay',
  'unknown',
  'notCompared',
  'sent',
] as const
export type Verdict = (typeof verdicts)[number]

/** How many rows are what, and how many keys were enqueued before that the catalog does not have any more. */
export type RowCounts = Readonly<Record<Verdict, number>> & { gone: number }

/** What is done again without being asked for. An edit whose outcome is not known may have been paid: it is not. */
const toDo: readonly Verdict[] = ['new', 'changed', 'failed', 'canceled']

/** What rows are compared with. `all`: everything is done again; `into`: the open batch that is continued. */
export type Comparison = { known: KnownRows; all?: boolean; into?: string }

/** What is to be done with a row, and the batch of the newest row with its key. */
export type Compared = { verdict: Verdict; isMeant: boolean; before?: string }

/** Compares a row with what is known of its key; without a fingerprint its pictures were not looked at. */
export function compareRow(
  known: Known | undefined,
  fingerprint: string | undefined,
  { all = false, into }: Pick<Comparison, 'all' | 'into'>,
): Compared {
  if (known === undefined) return { verdict: 'new', isMeant: true }
  const { batch: before } = known
  if (before === into) return { verdict: 'sent', isMeant: false, before }
  const verdict = verdictOf(known, fingerprint)
  return { verdict, isMeant: all || toDo.includes(verdict), before }
}

function verdictOf({ state, print }: Known, fingerprint: string | undefined): Verdict {
  if (fingerprint === undefined) return 'notCompared'
  if (print !== printOf(fingerprint)) return 'changed'
  switch (state) {
    case 'succeeded':
      return 'unchanged'
    case 'failed':
    case 'canceled':
    case 'unknown':
      return state
    default:
      return 'underWay'
  }
}

/** Compares the rows of a catalog one after the other, and counts. Each key is counted once. */
export function openComparison({ known, ...how }: Comparison) {
  const counts = new Map<Verdict, number>()
  let met = 0
  return {
    of: (key: string, fingerprint: string | undefined): Compared =>
      compareRow(known.find(key), fingerprint, how),
    count: ({ verdict, before }: Compared): void => {
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
      if (before !== undefined) met += 1
    },
    close: (): RowCounts => ({
      ...(Object.fromEntries(verdicts.map((verdict) => [verdict, counts.get(verdict) ?? 0])) as Record<
        Verdict,
        number
      >),
      gone: known.size - met,
    }),
  }
}
