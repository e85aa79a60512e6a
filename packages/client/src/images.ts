import { call, fill } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { Opened, OpenOptions } from './open-address.ts'
import type { paths } from './openapi.ts'
import type { SourceFacts } from './types.ts'

const imagePath = '/v1/edits/{id}/images/{index}' satisfies keyof paths
const smallPath = '/v1/edits/{id}/images/{index}/{side}' satisfies keyof paths
const sourcePath = '/v1/edits/{id}/sources/{index}/{side}' satisfies keyof paths

/** How long the longer side of a small picture may be, in pixels. */
export type SmallSide = '320' | '960'

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

  /**
   * Where a page finds an image, small (WebP) or with its bytes as they are (`full`): for `src` of an `<img>`, which a session of the
   * console opens.
   */
  picturePath: (edit: string, index: number, side: SmallSide | 'full'): string =>
    side === 'full'
      ? fill(imagePath, { id: edit, index: String(index) })
      : fill(smallPath, { id: edit, index: String(index), side }),

  /** The same of a source picture of an edit. */
  sourcePath: (edit: string, index: number, side: SmallSide | 'full'): string =>
    fill(sourcePath, { id: edit, index: String(index), side }),

  /** Whether a picture at such a path can be had; nothing of it is kept. Throws `ApiError` where it cannot, and `message` says why. */
  check: async (path: string, options: CallOptions = {}): Promise<void> => {
    const pieces = connection.stream({ ...options, method: 'GET', path })
    while (!(await pieces.next()).done);
  },

  /** The bytes of a small picture of an image. Throws `ApiError`, as `read` does. */
  thumbnail: (
    edit: string,
    index: number,
    side: SmallSide,
    options: CallOptions = {},
  ): AsyncGenerator<Uint8Array> =>
    connection.stream({
      ...options,
      method: 'GET',
      path: fill(smallPath, { id: edit, index: String(index), side }),
    }),

  /** How large a source picture is. Throws `ApiError`: `not-found` where it cannot be read, and `detail` says why. */
  sourceFacts: (edit: string, index: number, options: CallOptions = {}): Promise<SourceFacts> =>
    call(connection, 'get', '/v1/edits/{id}/sources/{index}', {
      ...options,
      params: { id: edit, index: String(index) },
      has: 'bytes',
    }),

  /** The bytes of a source picture. Throws `ApiError`: `not-found` where it cannot be read, and `detail` says why. */
  source: (
    edit: string,
    index: number,
    side: SmallSide | 'full',
    options: CallOptions = {},
  ): AsyncGenerator<Uint8Array> =>
    connection.stream({
      ...options,
      method: 'GET',
      path: fill(sourcePath, { id: edit, index: String(index), side }),
    }),
})
