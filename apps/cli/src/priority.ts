import type { Client } from '@restyle/client/client'
import type { Io } from './io.ts'
import { printLines, writeRaw } from './show/print.ts'
import type { ExitCode } from './stop.ts'

/** Gives a batch another priority. */
export async function setPriority(
  id: string,
  priority: number,
  { json }: { json?: true },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const batch = await client.batches.setPriority(id, priority)
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(batch)}\n`, io.signal)
  else printLines(io.stdout, `${batch.id} has priority ${batch.priority}`)
  return 0
}
