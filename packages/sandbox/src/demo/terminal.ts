/** A character of a screen and how it is shown. */
type Cell = { character: string; colour: string | undefined }

const colours: Readonly<Record<string, string>> = {
  '31': '#f28779',
  '32': '#a6cc70',
  '33': '#ffcc66',
  '2': '#8a919e',
}
const [ink, paper] = ['#d9d7ce', '#1f2430']
const [cellWidth, cellHeight, edge] = [8.4, 19, 14]

const escape = String.fromCodePoint(27)
const understood = new RegExp(`${escape}\\[(\\d*[mKA])|\\r|\\n|[^${escape}\\r\\n]`, 'gu')

/**
 * What a terminal of so many columns shows of a text: lines that are too long are wrapped, `\r`, the erasing of a line and the way to
 * the line above are heeded, and the few colours that we print. Nothing else that a terminal knows is understood.
 */
export function screenOf(text: string, columns: number): Cell[][] {
  const lines: Cell[][] = [[]]
  let [row, at, colour]: [number, number, string | undefined] = [0, 0, undefined]
  const line = () => lines[row] ?? []
  const goDown = () => {
    row += 1
    if (row === lines.length) lines.push([])
  }
  for (const [part, sequence] of text.matchAll(understood)) {
    if (part === '\n') goDown()
    if (part === '\n' || part === '\r') at = 0
    else if (sequence === '2K') line().length = 0
    else if (sequence === '1A') row = Math.max(0, row - 1)
    else if (sequence !== undefined) colour = colours[sequence.slice(0, -1)]
    else {
      if (at === columns) {
        goDown()
        at = 0
      }
      line()[at] = { character: part, colour }
      at += 1
    }
  }
  return lines
}

/** The same as a picture (SVG) that every browser shows. */
export function pictureOfScreen(lines: readonly (readonly Cell[])[], columns: number): string {
  const [width, height] = [Math.ceil(columns * cellWidth + 2 * edge), lines.length * cellHeight + 2 * edge]
  const rows = lines.map((line, i) => {
    const y = edge + (i + 0.75) * cellHeight
    return `<text x="${edge}" y="${y}" xml:space="preserve">${runsOf(line)}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>`,
    `<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${ink}">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

/** Neighbours of one colour together. Each has a width of its own, so that columns stay under one another in any font. */
function runsOf(line: readonly Cell[]): string {
  const runs: { text: string; colour: string | undefined }[] = []
  for (const { character, colour } of line) {
    const last = runs.at(-1)
    if (last !== undefined && last.colour === colour) last.text += character
    else runs.push({ text: character, colour })
  }
  return runs
    .map(({ text, colour }) => {
      const fill = colour === undefined ? '' : ` fill="${colour}"`
      return `<tspan textLength="${(text.length * cellWidth).toFixed(1)}"${fill}>${escaped(text)}</tspan>`
    })
    .join('')
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
