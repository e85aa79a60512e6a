/** Which source is shown, counted from 0: the one that is asked for, else the first. */
export const sourceShown = (asked: number | undefined, all: number): number =>
  asked !== undefined && asked < all ? asked : 0

/** What comes after a source: the next one, then the first again. */
export const nextSource = (now: number, all: number): number => (all === 0 ? 0 : (now + 1) % all)

/** How a source is called beside a result. */
export const sourceName = (at: number, all: number): string =>
  all < 2 ? 'before' : `source ${at + 1} of ${all}`
