/** One thing wrong with the input: `where` is a row or an option, `field` a column or a parameter. */
export type Fault = { where: string; field?: string; detail: string }

/** How many are shown; whoever collects them need not keep more. */
export const mostFaults = 20

/** One line per fault for the first twenty, and how many more of the `total` there are. */
export function faultLines(faults: readonly Fault[], total: number = faults.length): string[] {
  const lines = faults
    .slice(0, mostFaults)
    .map(
      ({ where, field, detail }) =>
        `${where}${field === undefined ? '' : `, ${field}`}: ${withoutName(detail, field ?? where)}`,
    )
  return total > lines.length ? [...lines, `… and ${total - lines.length} more`] : lines
}

/** `n is 9` is said behind the name already. */
const withoutName = (detail: string, name: string): string =>
  detail.startsWith(`${name} `) ? detail.slice(name.length + 1) : detail
