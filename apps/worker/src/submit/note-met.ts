import type { Edit } from '@restyle/shared/contract/edit'
import type { Met } from '@restyle/shared/forecast/waits-for'
import type { HandContext } from '../hand/step.ts'

/** Keeps for the edit's batch why it is not on its way; it is tried again in `inMs`. Whoever watches the batch is told. */
export async function noteMet(
  { batch }: Pick<Edit, 'batch'>,
  met: Met,
  inMs: number,
  { ledger }: Pick<HandContext, 'ledger'>,
): Promise<void> {
  if (batch !== '') await ledger.lanes.noteMet(batch, met, inMs)
}
