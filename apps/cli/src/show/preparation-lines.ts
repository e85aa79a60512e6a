import { countText } from './count-text.ts'
import type { Preparations } from '@restyle/manifest/preparations'
import type { PictureChange } from '@restyle/shared/picture/picture-change'

/** In the order in which they are told. */
const words: Readonly<Record<PictureChange, string>> = {
  turned: 'turned upright',
  cmyk: 'converted from CMYK to sRGB',
  'cmyk without a profile': 'converted from CMYK without a colour profile (look at their colours)',
  flattened: 'laid on a background where they are transparent',
  shrunk: 'made smaller',
  compressed: 'compressed to fewer bytes',
  'first of several': 'taken as the first of several in a file',
}

/** What was done to local pictures: one line, or none. */
export function preparationLines({ pictures, changes }: Preparations): string[] {
  if (pictures === 0) return []
  const parts = (Object.keys(words) as PictureChange[]).flatMap((change) => {
    const count = changes.get(change)
    return count === undefined ? [] : [`${count} ${words[change]}`]
  })
  return [
    `made ready ${countText(pictures, 'picture')}: ${parts.join(', ')}; --as-is sends every file unchanged`,
  ]
}
