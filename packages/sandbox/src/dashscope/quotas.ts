/** A token bucket that holds one second's worth: `take` is false when the rate is exceeded. */
export const tokenBucket = (perSecond: number, now: () => number): { take: () => boolean } => {
  let tokens = perSecond
  let filledAt = now()
  return {
    take: () => {
      const at = now()
      tokens = Math.min(perSecond, tokens + ((at - filledAt) / 1000) * perSecond)
      filledAt = at
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}

/** Remembers the most things ever seen in any one second. */
export const busiestSecond = (now: () => number): { count: () => void; readonly most: number } => {
  let recent: number[] = []
  let most = 0
  return {
    count: () => {
      const at = now()
      recent = recent.filter((seen) => at - seen < 1000)
      recent.push(at)
      most = Math.max(most, recent.length)
    },
    get most() {
      return most
    },
  }
}
