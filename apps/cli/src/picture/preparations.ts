import type { LocalPicture } from '@restyle/manifest/check-row'
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

/** What was done to local pictures. One picture may be counted under several changes. */
export type Preparations = {
  add(picture: LocalPicture): void
  /** For people: one line, or none. */
  lines(): string[]
  /** `pictures` are those that were made ready. */
  counts(): Record<string, number>
}

export function openPreparations(): Preparations {
  const counts = new Map<PictureChange, number>()
  let pictures = 0
  return {
    add: ({ prepared }) => {
      if (prepared === undefined) return
      pictures += 1
      for (const change of prepared.changes) counts.set(change, (counts.get(change) ?? 0) + 1)
    },
    lines: () => {
      if (pictures === 0) return []
      const parts = (Object.keys(words) as PictureChange[]).flatMap((change) => {
        const count = counts.get(change)
        return count === undefined ? [] : [`${count} ${words[change]}`]
      })
      return [`made ready ${pictures} pictures: ${parts.join(', ')}; --as-is sends every file unchanged`]
    },
    counts: () => ({ pictures, ...Object.fromEntries(counts) }),
  }
}
