/** `act` for each of `items`, at most `limit` at a time; the answers in the order of the items. The first error ends it. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  limit: number,
  act: (item: Item, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = Array.from({ length: items.length })
  const entries = items.entries()
  let broken = false
  const worker = async () => {
    for (const [index, item] of entries) {
      if (broken) return
      try {
        answers[index] = await act(item, index)
      } catch (error) {
        broken = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return answers
}
