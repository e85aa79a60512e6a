/** One thing wrong with the input: `where` is a row or an option, `field` a column or a parameter. */
export type Fault = { where: string; field?: string; detail: string }

const SHOWN = 20

/** One line per fault for the first twenty, and how many more there are. */
export function faultLines(faults: readonly Fault[]): string[] {
  const lines = faults
    .slice(0, SHOWN)
    .map(({ where, field, detail }) => `${where}${field === undefined ? '' : `, ${field}`}: ${detail}`)
  return faults.length > SHOWN ? [...lines, `… and ${faults.length - SHOWN} more`] : lines
}
