import type { Ledger } from './ledger/ledger.ts'

/*
 * An operation on many rows goes on in slices. Whoever got the order begins, and a duty of the workers goes on where that one left
 * off. Two at a time do no harm: each call takes the next rows.
 */

/** Goes on until all is done, or until `signal` aborts: then it tells false. */
export async function carryOperation(
  id: string,
  ledger: Pick<Ledger, 'carryOperation'>,
  signal: AbortSignal,
): Promise<boolean> {
  while (await ledger.carryOperation(id)) if (signal.aborted) return false
  return true
}
