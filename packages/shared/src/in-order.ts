/**
 * `act` for each of `items`, at most `limit` at a time; the answers in the order of the items, of which no more than
 * `limit` are held. The first error ends it.
 */
export async function* inOrder<Item, Answer>(
  items: AsyncIterable<Item> | Iterable<Item>,
  limit: number,
  act: (item: Item, index: number) => Promise<Answer>,
): AsyncGenerator<Answer> {
  const running: Promise<Answer>[] = []
  let index = 0
  for await (const item of items) {
    const answer = act(item, index)
    index += 1
    // an error is thrown where the answer's turn comes
    answer.catch(() => undefined)
    running.push(answer)
    const first = running.length === limit ? running.shift() : undefined
    if (first !== undefined) yield await first
  }
  for (const answer of running) yield await answer
}
