import { trimCell } from './clean-text.ts'

/** What begins an address. */
const address = String.raw`(?:https?:|s3:|\/\/|sha256:)`
/** What people put between pictures; the last ones are what a Chinese keyboard writes. */
const mark = '[,|;，、；｜]'
// an address may hold a comma, a semicolon and a bar: one of those ends it only where another address begins
const betweenAddresses = new RegExp(String.raw`\s*(?:${mark}\s*|\s+)(?=${address})`, 'i')
const betweenNames = new RegExp(String.raw`\s*${mark}\s*`)
const atEnd = new RegExp(String.raw`\s*${mark}\s*$`)
const pictureName = /\.(jpe?g?|jfif|jpe|png|webp|bmp|gif|tiff?|heic|heif|avif)$/i

/**
 * The pictures that one cell names: several are written with a comma, a semicolon, a bar or a line break between them.
 * A name with such a sign in it stays whole, unless every part is called like a picture.
 */
export function splitCell(cell: string): string[] {
  const parts = cell
    .split(/[\r\n\u2028\u2029]+/)
    .flatMap((line) => splitLine(trimCell(line)))
    .map(trimCell)
    .filter((part) => part !== '')
  return parts.length === 0 ? [''] : parts
}

function splitLine(line: string): string[] {
  return line
    .split(betweenAddresses)
    .map((part) => part.replace(atEnd, ''))
    .flatMap((part) => {
      const names = part.split(betweenNames)
      const named =
        !startsLikeAddress(part) && names.length > 1 && names.every((name) => pictureName.test(name))
      return named ? names : [part]
    })
}

/** Whether all that a cell says are addresses, or names of picture files. */
export const namesPictures = (cell: string): boolean =>
  splitCell(cell).every((part) => startsLikeAddress(part) || pictureName.test(part))

const startsLikeAddress = (text: string): boolean => new RegExp(`^${address}`, 'i').test(text)
