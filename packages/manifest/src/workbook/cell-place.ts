/** A cell by its place: the row from 1, the column from 0. */
export type Place = { row: number; column: number }

/** Reads `AB12`; undefined where it is none. */
export function placeOf(reference: string): Place | undefined {
  const [, letters, digits] = /^\$?([A-Z]{1,3})\$?([1-9]\d{0,6})$/.exec(reference) ?? []
  if (letters === undefined || digits === undefined) return undefined
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return { row: Number(digits), column: column - 1 }
}

/** Writes `AB12`. */
export function placeText({ row, column }: Place): string {
  let letters = ''
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26))
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters
  return `${letters}${row}`
}

/** A rectangle of cells, both ends included. */
export type Area = { from: Place; to: Place }

/** Reads `A2:B5`, or one cell as an area. */
export function areaOf(reference: string): Area | undefined {
  const [first = '', last = first] = reference.split(':')
  const [from, to] = [placeOf(first), placeOf(last)]
  return from === undefined || to === undefined ? undefined : { from, to }
}
