import { RestyleError } from '@restyle/shared/errors'
import type { IntakeTools } from './tools.ts'

/**
 * Throws `TooManyOpen` before anything is promised, where a producer would have more open edits than an admin lets it have.
 * Requests at the same moment may all pass: the limit is exceeded then by what they bring, once.
 */
export async function refuseTooMany(
  {
    ledger,
    openLimitOf,
  }: Pick<IntakeTools, 'openLimitOf'> & { ledger: Pick<IntakeTools['ledger'], 'openEditsOf'> },
  producer: string,
  edits: number,
): Promise<void> {
  const limit = await openLimitOf(producer)
  if (limit === undefined) return
  const open = await ledger.openEditsOf(producer)
  if (open + edits <= limit) return
  throw new RestyleError(
    'TooManyOpen',
    `${producer} has ${open} open edits, and ${edits} more are over its limit of ${limit}`,
    { open, limit, edits },
  )
}
