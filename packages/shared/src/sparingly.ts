/** Like lines are one in this time (ms). */
const onceInMs = 60_000

const mostRemembered = 1_000

/**
 * Keeps lines apart that repeat. Asked for each with its kind: undefined where one of the kind was written less than a
 * minute ago, else how many were left out since then. Kinds should be few.
 */
export function sparingly(now: () => number = () => performance.now()): (kind: string) => number | undefined {
  const told = new Map<string, { at: number; untold: number }>()
  return (kind) => {
    const last = told.get(kind)
    if (last !== undefined && now() - last.at < onceInMs) {
      last.untold += 1
      return undefined
    }
    if (told.size >= mostRemembered) told.clear()
    told.set(kind, { at: now(), untold: 0 })
    return last?.untold ?? 0
  }
}
