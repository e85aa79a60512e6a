import { count } from '../app/format.ts'
import type { Size } from './zoom.ts'

/** `1,280 × 1,280, 1.2 MB`, as far as it is known. */
export function pictureWords({
  width,
  height,
  bytes,
}: Partial<Size> & { bytes?: number | undefined }): string {
  const size = width === undefined || height === undefined ? '' : `${count(width)} × ${count(height)}`
  return [size, bytes === undefined ? '' : bytesWords(bytes)].filter((text) => text !== '').join(', ')
}

function bytesWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
