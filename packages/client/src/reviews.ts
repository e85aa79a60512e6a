import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { itemsOf } from './pages.ts'
import type { Edit, Resolution, Review, ReviewsPage } from './types.ts'

export type ReviewsPageOptions = CallOptions & { cursor?: string; limit?: number }

/** Edits that wait for a person. */
export function reviews(connection: Connection) {
  const page = ({ cursor, limit, ...options }: ReviewsPageOptions = {}): Promise<ReviewsPage> =>
    call(connection, 'get', '/v1/reviews', { ...options, query: { limit, cursor }, has: 'reviews' })

  return {
    /** One page of held edits, the longest held first. */
    page,

    /** Every held edit, the longest held first. */
    all: (options: CallOptions = {}): AsyncGenerator<Review> =>
      itemsOf(async (cursor) => {
        const { reviews: items, ...next } = await page({
          ...options,
          ...(cursor === undefined ? {} : { cursor }),
        })
        return { items, ...next }
      }),

    /** Decides a held edit, and gives the edit as it is then. */
    resolve: (editId: string, resolution: Resolution, options: CallOptions = {}): Promise<Edit> =>
      call(connection, 'post', '/v1/edits/{id}/resolution', {
        ...options,
        params: { id: editId },
        json: resolution,
        has: 'id',
      }),
  }
}
