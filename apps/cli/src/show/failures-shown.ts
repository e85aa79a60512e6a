import type { Client } from '@restyle/client/client'
import type { Batch, Edit } from '@restyle/client/types'

/** So many are shown as they happen; what they have in common is said at the end. */
const mostShown = 20

/**
 * Tells of edits of a batch that have failed since it was called last, each once and no more than twenty of them. `said` gets the
 * line. What cannot be listed now is told at the end with all others.
 */
export function failuresOf(client: Client, said: (line: string) => void) {
  const shown = new Set<string>()
  let counted = 0
  return async ({ id, counts }: Batch): Promise<void> => {
    if (counts.failed <= counted || shown.size >= mostShown) return
    counted = counts.failed
    const limit = mostShown + shown.size
    let looked = 0
    try {
      for await (const edit of client.edits.list({ batch: id, state: 'failed', limit })) {
        if (!shown.has(edit.id)) said(failureLine(edit))
        shown.add(edit.id)
        looked += 1
        if (shown.size >= mostShown) said('further failures are shown at the end')
        if (shown.size >= mostShown || looked >= Math.min(limit, counted)) return
      }
    } catch {
      counted = 0
    }
  }
}

const failureLine = ({ key, failure }: Edit): string =>
  `failed: ${key}: ${failure === undefined ? 'unknown' : `${failure.code}: ${failure.message}`}`
