/** What a model takes of one picture: sides in pixels, bytes, and `ratio` 4 for 1:4 to 4:1. */
export type Fit = { side: readonly [min: number, max: number]; bytes: number; ratio?: number }

export type Size = { width: number; height: number }

/** How much is left of a side where a picture has too many bytes in every quality. */
const step = 0.8

/**
 * The largest size within the longest side that has the shape of `size`. Whole pixels may be off by one, so a shape that
 * was just within the ratio is kept there.
 */
export function fittedSize(size: Size, { side: [, longest], ratio }: Fit): Size {
  const scale = Math.min(1, longest / Math.max(size.width, size.height))
  return scaled(size, scale, ratio)
}

/** The next smaller size, or undefined where a side would be too short. */
export function smallerSize(size: Size, { side: [shortest], ratio }: Fit): Size | undefined {
  const smaller = scaled(size, step, ratio)
  return Math.min(smaller.width, smaller.height) < shortest ? undefined : smaller
}

function scaled(size: Size, scale: number, ratio: number | undefined): Size {
  if (scale === 1) return size
  const width = Math.max(1, Math.round(size.width * scale))
  const height = Math.max(1, Math.round(size.height * scale))
  const fitsAtFirst =
    ratio !== undefined && Math.max(size.width / size.height, size.height / size.width) <= ratio
  if (!fitsAtFirst) return { width, height }
  return {
    width: Math.min(width, Math.floor(height * ratio)),
    height: Math.min(height, Math.floor(width * ratio)),
  }
}
