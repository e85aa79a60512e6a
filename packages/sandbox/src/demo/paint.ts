/** A colour of the range and the tones a drawing needs of it, as `#rrggbb`. */
export interface Paint {
  name: string
  base: string
  light: string
  dark: string
  deep: string
}

/** The colours the catalog comes in. */
export const paints: Paint[] = (
  [
    ['terracotta', '#c8613c'],
    ['sage green', '#8aa583'],
    ['navy', '#2f4a77'],
    ['mustard', '#dba436'],
    ['blush', '#dd9c97'],
    ['teal', '#23807f'],
    ['plum', '#7a4365'],
    ['cream', '#e6d9bd'],
    ['sky blue', '#7fb0d6'],
    ['charcoal', '#4c5158'],
    ['brick red', '#ad3a37'],
    ['lavender', '#a596cc'],
  ] as const
).map(([name, base]) => ({
  name,
  base,
  light: mix(base, '#ffffff', 0.45),
  dark: mix(base, '#1b1420', 0.28),
  deep: mix(base, '#1b1420', 0.52),
}))

/** `share` of `b` in `a`, both `#rrggbb`. */
export function mix(a: string, b: string, share: number): string {
  const at = (colour: string, i: number) => Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16)
  const byte = (i: number) => Math.round(at(a, i) * (1 - share) + at(b, i) * share)
  return `#${[0, 1, 2].map((i) => byte(i).toString(16).padStart(2, '0')).join('')}`
}
