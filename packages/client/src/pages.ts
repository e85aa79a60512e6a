import type { CallOptions } from './exchange.ts'
import type { Unreadable } from './types.ts'

/** Every item of a list that is answered in pages; the next page is asked for when the one before is used up. */
export async function* itemsOf<Item>(
  read: (cursor: string | undefined) => Promise<{ items: readonly Item[]; nextCursor?: string }>,
): AsyncGenerator<Item> {
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    yield* page.items
    cursor = page.nextCursor
  } while (cursor !== undefined)
}

/** What a list takes besides its filter. */
export type ListOptions = CallOptions & {
  /** Hears of what the producer cannot read: it is missing among the items. */
  unreadable?: (item: Unreadable) => void
}

type Page<Item> = { items: readonly Item[]; unreadable?: readonly Unreadable[]; nextCursor?: string }

/** Every item of a list whose pages may leave some out. */
export const listed = <Item>(
  { unreadable, ...options }: ListOptions,
  read: (cursor: string | undefined, options: CallOptions) => Promise<Page<Item>>,
): AsyncGenerator<Item> =>
  itemsOf(async (cursor) => {
    const page = await read(cursor, options)
    if (unreadable !== undefined) for (const item of page.unreadable ?? []) unreadable(item)
    return page
  })
