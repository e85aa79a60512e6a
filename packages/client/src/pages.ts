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
