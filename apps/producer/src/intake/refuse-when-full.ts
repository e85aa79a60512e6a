import { RestyleError } from '@restyle/shared/errors'
import type { IntakeTools } from './tools.ts'

/** Throws `RedisFull` before anything is promised: what could not be kept would come back as an edit later. */
export async function refuseWhenFull(
  { roomFor }: Pick<IntakeTools, 'roomFor'>,
  edits: number,
): Promise<void> {
  if (!(await roomFor(edits))) throw new RestyleError('RedisFull', 'redis is nearly full', { edits })
}
