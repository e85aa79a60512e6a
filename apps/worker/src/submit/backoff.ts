/** How long to leave a lane alone that throttled us and did not say for how long: about 1 s, doubling to 30 s, with jitter. */
export const throttleMs = (times: number, random: () => number): number =>
  Math.min(30_000, 1_000 * 2 ** Math.min(times, 5)) * (0.5 + random())
