import type { VerdictName } from './filter.ts'

/** What is said of a row. `redo`: the redo that is meant, whose images count or which was ordered; `image`: which of its images. */
export type Said = { verdict: VerdictName; redo?: string; image?: number }

/** A verdict as the producer tells it. */
type Told = { verdict: VerdictName | null; redo?: string | undefined; image?: number | undefined }

/** What the map shows of a row, with what its edit tells of it where that is of the same verdict. */
export function saidOf(shown: VerdictName, told: Told | undefined): Said {
  if (told === undefined || told.verdict !== shown) return { verdict: shown }
  return {
    verdict: shown,
    ...(told.redo === undefined ? {} : { redo: told.redo }),
    ...(told.image === undefined ? {} : { image: told.image }),
  }
}

/** The same verdict on the same take, of whichever image. */
export const isAlike = (a: Said, b: Said): boolean => a.verdict === b.verdict && a.redo === b.redo

export const isSame = (a: Said, b: Said): boolean => isAlike(a, b) && a.image === b.image

/**
 * Whether what the producer has is of somebody else, who decided since `before` was shown. What is like `after` already may be
 * the answer to a call that was lost.
 */
export function isOvertaken(has: Said, { before, after }: { before: Said; after: Said }): boolean {
  if (isAlike(has, after)) return false
  // which redo was meant is not known of a row that was read before
  const known = before.redo !== undefined && has.redo !== undefined
  return has.verdict !== before.verdict || (known && has.redo !== before.redo)
}

/** A picture of a row: an image of one of its edits. */
export type RowPicture = { edit: string; index: number; hash: string | undefined }

/** The picture that stands for a row: of the redo that was approved, else of its own newest edit. Undefined where it has none. */
export function pictureOf(
  row: { id: string; images: readonly { index: number; failure?: unknown; thumbhash?: string }[] },
  said: Said,
): RowPicture | undefined {
  if (said.verdict === 'approved' && said.redo !== undefined)
    return { edit: said.redo, index: said.image ?? 0, hash: undefined }
  const image = row.images.find(({ failure }) => failure === undefined)
  return image === undefined ? undefined : { edit: row.id, index: image.index, hash: image.thumbhash }
}
