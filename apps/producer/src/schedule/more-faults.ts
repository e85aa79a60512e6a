/** What is said behind the first of some faults: how many more there are, nothing where it is the only one. */
export function moreFaults(total: number): string {
  if (total <= 1) return ''
  return total === 2 ? ', and 1 more fault' : `, and ${total - 1} more faults`
}
