/**
 * How long a lane gets no submit after it throttled us for the `times`th time in a row (from 0) without saying for how long:
 * about 1 s, doubling to about 20 s, with jitter.
 */
export const throttleMs = (times: number, random: () => number): number =>
  Math.min(20_000, 1_000 * 2 ** Math.min(times, 5)) * (0.5 + random())
