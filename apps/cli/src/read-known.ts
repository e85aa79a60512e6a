import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import type { Batch } from '@restyle/client/types'
import { type KnownRows, openKnownRows } from '@restyle/manifest/known-rows'
import type { Io } from './io.ts'
import type { LiveLine } from './show/live-line.ts'
import { Stop } from './stop.ts'

/** What was enqueued of a catalog before, and its batches that may get more rows, the newest first. */
export type KnownCatalog = { known: KnownRows; open: readonly Batch[] }

/** How often a list that breaks off is read from its start. */
const tries = 3

/** Where nobody waits for the producer, how long it has for its first answer (ms). */
const patienceMs = 2_000

/**
 * Reads what the producer knows of a catalog. `briefly`: nobody waits for a producer that does not answer. Throws `ApiError`, or a
 * `Stop` where it did not answer in time.
 */
export async function readKnown(
  client: Client,
  catalog: string,
  { io, line, briefly }: { io: Pick<Io, 'wait' | 'signal'>; line: LiveLine; briefly: boolean },
): Promise<KnownCatalog> {
  // before the rows: what is sent to one of them meanwhile is then known
  const { open } = await (briefly ? soon(client, catalog) : client.catalogs.read(catalog))
  for (let attempt = 1; ; attempt += 1) {
    try {
      const known = openKnownRows()
      for await (const row of client.catalogs.rows(catalog)) {
        known.add(row)
        if (known.size % 1_000 === 0) line.show(() => `compared with ${known.size} rows of before`)
      }
      return { known, open }
    } catch (error) {
      if (!(error instanceof ApiError) || !error.transient || attempt === tries) throw error
      await io.wait(error.retryAfterMs ?? 500 * 2 ** attempt, io.signal)
    } finally {
      line.end()
    }
  }
}

async function soon(client: Client, catalog: string): ReturnType<Client['catalogs']['read']> {
  const over = AbortSignal.timeout(patienceMs)
  try {
    return await client.catalogs.read(catalog, { signal: over })
  } catch (error) {
    if (error !== over.reason) throw error
    throw new Stop('failed', [`${client.url} gave no answer within ${patienceMs / 1000} seconds`])
  }
}
