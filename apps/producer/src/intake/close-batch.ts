import type { Batch } from '@restyle/shared/contract/batch'
import type { IntakeTools } from './tools.ts'

/** What became of the end of a batch's rows. */
export type Closed =
  | { kind: 'closed'; batch: Batch }
  | { kind: 'unknown' }
  /** It has another number of rows. */
  | { kind: 'mismatch'; accepted: number; isOpen: boolean }

export async function closeBatch(
  _tools: IntakeTools,
  _asked: { producer: string; batch: string; total: number },
): Promise<Closed> {
  return { kind: 'unknown' }
}
