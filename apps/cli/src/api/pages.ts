import { z } from 'zod'
import { EditView } from '@restyle/shared/contract/edit'
import type { Api } from './api.ts'

const PAGE = 500

const EditsPage = z.object({ edits: z.array(EditView), nextCursor: z.string().optional() })

/** Every edit of a batch, a page at a time. */
export async function* editsOf(api: Api, batch: string): AsyncGenerator<EditView> {
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === undefined ? {} : { cursor }) })
    const page = await api.call(
      'GET',
      `/v1/batches/${encodeURIComponent(batch)}/edits?${query.toString()}`,
      EditsPage,
    )
    yield* page.edits
    cursor = page.nextCursor
  } while (cursor !== undefined)
}
