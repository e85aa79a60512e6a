import { catalogLimits } from './catalog-limits.ts'
import { folded } from './option-columns.ts'
import { findColumn, type Manifest, type ManifestFault } from './manifest.ts'

/** The columns of further pictures of a table, by the column of the first one: `image2`, `image3` and so on. */
export const furtherPictures = (name: string): string[] =>
  Array.from({ length: catalogLimits.imageColumns - 1 }, (_, index) => `${name}${index + 2}`)

/**
 * Columns that look like a picture of the edit and are not read as one: `image_2`, `Image 3`, `image10`. The edit would be
 * made, and paid for, without them. `used`: what a template writes.
 */
export function ignoredPictures(
  { unit, columns }: Pick<Manifest, 'unit' | 'columns'>,
  imageColumn: string,
  used: ReadonlySet<string>,
): ManifestFault[] {
  if (unit === 'file') return []
  const inTable = unit === 'row'
  const names = [imageColumn, ...(inTable ? furtherPictures(imageColumn) : ['images'])]
  const read = new Set(names.map((name) => findColumn(columns, name)))
  const base = folded(imageColumn)
  const looksLikeOne = (column: string): boolean =>
    folded(column).startsWith(base) && /^s?\d*$/.test(folded(column).slice(base.length))
  const further = furtherPictures(imageColumn)
  const way = inTable
    ? `further pictures are in ${further[0]} to ${further.at(-1)}`
    : 'several are a list named images'
  return columns
    .filter((column) => looksLikeOne(column) && !read.has(column) && !used.has(column))
    .map((column) => ({
      where: `${inTable ? 'column' : 'field'} ${column}`,
      detail: `is not read as a picture: ${way}`,
    }))
}
