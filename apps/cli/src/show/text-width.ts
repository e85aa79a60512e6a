/** Characters that take two columns of a terminal. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const none = /\p{M}|\p{Cf}/u

const widthOf = (character: string): number => (none.test(character) ? 0 : wide.test(character) ? 2 : 1)

/** How many columns of a terminal a text takes. */
export const textWidth = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + widthOf(character), 0)

/** A text in lines of so many columns at most, broken between words; a word that is longer is broken within. */
export function wrapText(text: string, most: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (textWidth(longer) <= most) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = ''
    let width = 0
    for (const character of word) {
      width += widthOf(character)
      if (width > most) {
        lines.push(line)
        line = ''
        width = widthOf(character)
      }
      line += character
    }
  }
  return line === '' ? lines : [...lines, line]
}

/**
 * A line for people on a terminal of `width` columns, broken between words. A command at its end stays whole, so that it can be
 * copied; a line with columns stays as it is. `undefined`: not a terminal.
 */
export function foldLine(line: string, width: number | undefined): string[] {
  if (width === undefined || textWidth(line) <= width || /\S {2,}\S/.test(line)) return [line]
  const indent = /^ */.exec(line)?.[0] ?? ''
  const at = line.search(/(?<=: )restyle \S/)
  const prose = wrapText((at < 0 ? line : line.slice(0, at)).trim(), width - indent.length - 2)
  const lines = at < 0 ? prose : [...prose, line.slice(at)]
  return lines.map((text, i) => `${indent}${i === 0 ? '' : '  '}${text}`)
}

/** A text cut to so many columns, with `…` where something is left out. */
export function cutToWidth(text: string, most: number): string {
  if (textWidth(text) <= most) return text
  let width = 0
  let cut = ''
  for (const character of text) {
    width += widthOf(character)
    if (width > most - 1) break
    cut += character
  }
  return `${cut}…`
}
