/** What was done to a picture before it was sent. */
export type PictureChange =
  | 'turned'
  | 'cmyk'
  | 'cmyk without a profile'
  | 'flattened'
  | 'shrunk'
  | 'compressed'
  | 'first of several'

/** Raise it with every change that makes other pictures of the same files: their edits are then done anew. */
export const preparationVersion = 1
