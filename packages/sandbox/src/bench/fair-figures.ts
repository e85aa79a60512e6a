/** One edit as it was admitted; `at` in epoch ms on the ledger's clock. */
export type Admission = { producer: string; class: string; images: number; at: number }

const imagesOf = (admissions: readonly Admission[], of: (each: Admission) => boolean): number =>
  admissions.filter(of).reduce((sum, { images }) => sum + images, 0)

/** By how many per cent the images of two producers are away from what their weights say. */
export function offByPercent(
  admissions: readonly Admission[],
  [a, b]: readonly [string, string],
  weights: readonly [number, number],
): number {
  const ratio =
    imagesOf(admissions, ({ producer }) => producer === b) /
    imagesOf(admissions, ({ producer }) => producer === a)
  return Math.abs(ratio / (weights[1] / weights[0]) - 1) * 100
}

/** Of all images, per cent that a class got. */
export const shareOfClass = (admissions: readonly Admission[], of: string): number =>
  (imagesOf(admissions, (each) => each.class === of) / imagesOf(admissions, () => true)) * 100
