/** A cursor is a place in a producer's Redis stream; `0` is before the first event. */
export const isCursor = (text: string): boolean => /^\d{1,16}(-\d{1,16})?$/.test(text)

/** Negative where `left` is the earlier place; a cursor without a second number is the first of its millisecond. */
export function compareCursors(left: string, right: string): number {
  const [leftMs = 0, leftNo = 0] = left.split('-').map(Number)
  const [rightMs = 0, rightNo = 0] = right.split('-').map(Number)
  return leftMs - rightMs || leftNo - rightNo
}
