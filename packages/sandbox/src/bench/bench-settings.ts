/** The model whose edits are counted. */
export const benchModel = 'wan2.5-i2i-preview'

/** A rate, or a number of places, that nothing here ever reaches. */
export const plenty = 100_000

/** The smallest picture that the model paints: the smaller the picture, the more the rest weighs. */
export const benchSize = '768*768'

/** Never fetched: an instant provider paints without looking at its input. */
export const benchPicture = 'https://pictures.example.com/source.png'

/** Distinct, as the prompts of a catalog are: a lane never has two uncertain submits with one prompt. */
export const promptOf = (i: number): string =>
  `put product number ${i} on a light oak table, soft light from the left`

export const keys = { accessKeyId: 'bench', secretAccessKey: 'bench-secret' }
