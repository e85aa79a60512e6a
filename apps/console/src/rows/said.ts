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

/** A verdict on the picture that stands for a row. */
export function onPicture(verdict: VerdictName, row: Parameters<typeof pictureOf>[0], said: Said): Said {
  const picture = verdict === 'none' ? undefined : pictureOf(row, said)
  return {
    verdict,
    ...(picture === undefined || picture.edit === row.id ? {} : { redo: picture.edit }),
    ...(verdict === 'approved' && said.verdict === 'approved' && said.image !== undefined
      ? { image: said.image }
      : {}),
  }
}

/** A picture of a row: an image of one of its edits. */
export type RowPicture = { edit: string; index: number; hash: string | undefined }

/** Which image of a take was approved; undefined where another take was, or nobody has said. `own`: the row's newest edit. */
export const imageSaid = (
  said: Said,
  { shown, own }: { shown: { id: string } | undefined; own: { id: string } | undefined },
): number | undefined =>
  said.verdict === 'approved' && shown !== undefined && shown.id === (said.redo ?? own?.id)
    ? said.image
    : undefined

/** The picture that stands for a row: the image that was approved, of the redo where one was; else the first of its own newest edit. Undefined where it has none. */
export function pictureOf(
  row: { id: string; images: readonly { index: number; failure?: unknown; thumbhash?: string }[] },
  said: Said,
): RowPicture | undefined {
  if (said.verdict === 'approved' && said.redo !== undefined)
    return { edit: said.redo, index: said.image ?? 0, hash: undefined }
  const made = row.images.filter(({ failure }) => failure === undefined)
  const image = made.find(({ index }) => said.verdict === 'approved' && index === said.image) ?? made[0]
  return image === undefined ? undefined : { edit: row.id, index: image.index, hash: image.thumbhash }
}
