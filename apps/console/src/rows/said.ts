import type { VerdictName } from './filter.ts'

/**
 * What is said of a row. `redo`: the redo that is meant, whose images count or which was ordered; `image`: which of its images;
 * `note`: why.
 */
export type Said = { verdict: VerdictName; redo?: string; image?: number; note?: string }

/** Characters of a note. */
export const mostOfNote = 1_000

/** A verdict as the producer tells it. */
type Told = {
  verdict: VerdictName | null
  redo?: string | undefined
  image?: number | undefined
  note?: string | undefined
}

/** What the map shows of a row, with what its edit tells of it where that is of the same verdict. */
export function saidOf(shown: VerdictName, told: Told | undefined): Said {
  if (told === undefined || told.verdict !== shown) return { verdict: shown }
  return {
    verdict: shown,
    ...(told.redo === undefined ? {} : { redo: told.redo }),
    ...(told.image === undefined ? {} : { image: told.image }),
    ...(told.note === undefined ? {} : { note: told.note }),
  }
}

/** The same with this note, or with none where it is blank. */
export function withNote(said: Said, text: string): Said {
  const note = text.trim()
  return saidOf(said.verdict, { ...said, note: note === '' ? undefined : note })
}

/** The note that a verdict keeps which is given once more. */
export const keptNote = (verdict: VerdictName, said: Said): { note?: string } =>
  verdict !== said.verdict || said.note === undefined ? {} : { note: said.note }

/** The same verdict on the same take, of whichever image, and for whichever reason. */
export const isAlike = (a: Said, b: Said): boolean => a.verdict === b.verdict && a.redo === b.redo

export const isSame = (a: Said, b: Said): boolean => isAlike(a, b) && a.image === b.image && a.note === b.note

/** Whether somebody else has said it already, and why: that stays, with who said it. */
export const isSaidBetter = (has: Said, { before, after }: { before: Said; after: Said }): boolean =>
  isAlike(has, after) && has.note !== undefined && after.note === undefined && has.note !== before.note

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
    ...keptNote(verdict, said),
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
