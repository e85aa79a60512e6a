import { fill } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { Opened, OpenOptions } from './open-address.ts'
import type { paths } from './openapi.ts'

const imagePath = '/v1/edits/{id}/images/{index}' satisfies keyof paths

/** The images themselves. */
export const images = (connection: Connection) => ({
  /**
   * Opens a signed address of an image, from a byte on. Look where what comes begins: a store that does not know ranges sends
   * all of it. Its digest tells whether it is whole.
   */
  open: (url: string, options: OpenOptions = {}): Promise<Opened> => connection.open(url, options),

  /**
   * The bytes of an image while they come through the producer, from a byte on. Asked for once; its digest tells whether it is
   * whole. Throws `ApiError`: `image-pending` where it is not stored yet, `image-gone` where it will not come.
   */
  read: (
    edit: string,
    index: number,
    { from = 0, ...options }: CallOptions & { from?: number } = {},
  ): AsyncGenerator<Uint8Array> =>
    connection.stream({
      ...options,
      method: 'GET',
      path: fill(imagePath, { id: edit, index: String(index) }),
      headers: from > 0 ? { range: `bytes=${from}-` } : {},
    }),
})
