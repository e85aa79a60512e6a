import type { Client } from '@restyle/client/client'
import type { Io } from './io.ts'
import { printLines, writeRaw } from './show/print.ts'
import type { ExitCode } from './stop.ts'
import { countText } from './show/count-text.ts'

/** Ends the rows of a batch whose run was cut off and does not go on. */
export async function close(
  batchId: string,
  { json }: { json?: true },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const { total } = await client.batches.read(batchId)
  const batch = await client.batches.close(batchId, { total })
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(batch)}\n`, io.signal)
  else printLines(io.stdout, `${batch.id} has ${countText(total, 'row')}, and gets no more`)
  return 0
}
