import { basename, resolve } from 'node:path'
import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import type { Batch } from '@restyle/client/types'
import type { Comparison } from '@restyle/manifest/compare-rows'
import type { Plan } from '@restyle/manifest/plan-edits'
import type { Io } from './io.ts'
import { readKnown } from './read-known.ts'
import type { LiveLine } from './show/live-line.ts'
import { printLines } from './show/print.ts'
import { Stop } from './stop.ts'

/** What is said of a catalog as a whole. */
export type CompareFlags = { catalog?: string; all?: true; dryRun?: true; idempotencyKey?: string }

/** The open batch of an earlier run that was cut off, and how many rows it has. */
export type CutOff = { id: string; total: number }

/**
 * A plan of what is to be done. `into`: the run that it continues; `openBatches`: those of the catalog that may get more
 * rows; `why` it was compared with nothing.
 */
export type Compared = { plan: Plan; into?: CutOff; openBatches: readonly Batch[]; why?: string }

/** A catalog is called like its file or folder, unless it is given a name. */
export const catalogNameOf = (path: string, { catalog }: CompareFlags, cwd: string): string =>
  catalog ?? basename(resolve(cwd, path))

type Comparing = {
  name: string
  flags: CompareFlags
  open: () => Promise<Client>
  planning: (comparison?: Comparison) => Promise<Plan>
  io: Io
  line: LiveLine
}

/**
 * Plans what is to be done of a catalog: all of it with an Idempotency-Key, which stands for a run as it was; else what
 * changed since it was enqueued before. A dry run does without a producer.
 */
export async function compare({ name, flags, open, planning, io, line }: Comparing): Promise<Compared> {
  if (flags.idempotencyKey !== undefined) return { plan: await planning(), openBatches: [] }
  const briefly = flags.dryRun === true
  const read = async () => readKnown(await open(), name, { io, line, briefly })
  const found = await (briefly ? read().catch(reasonOf) : read())
  if (typeof found === 'string') {
    // at once: checking a long catalog takes a while
    printLines(io.stderr, `not compared with what was enqueued before: ${found}`)
    return { plan: await planning(), openBatches: [], why: found }
  }
  const { known, open: openBatches } = found
  const comparison = { known, ...(flags.all === true ? { all: true } : {}) }
  const plan = await planning(comparison)
  const cutOff = openBatches.find(({ rowsDigest }) => rowsDigest === plan.catalogDigest)
  if (cutOff === undefined) return { plan, openBatches }
  // what it has is not asked for again, even if it has failed meanwhile: a batch has no key twice
  const { id, total } = cutOff
  return { plan: await planning({ ...comparison, into: id }), into: { id, total }, openBatches }
}

/** Why nothing could be compared; what is no matter of the producer is thrown. */
function reasonOf(error: unknown): string {
  if (error instanceof Stop || error instanceof ApiError) return error.message
  throw error
}
