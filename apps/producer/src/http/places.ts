/** How much may be taken at once: by all holders together, and by each. */
export type Places = { all: number; each: number }

/**
 * Places that are taken for a while, so that no holder takes all. `most`: how many a holder may have who may have other than `each`. Gives the function that frees them again, once, or says
 * which bound was met.
 */
export function openPlaces({ all, each }: Places) {
  const taken = new Map<string, number>()
  let total = 0
  return (holder: string, places = 1, most = each): (() => void) | 'all' | 'each' => {
    const own = taken.get(holder) ?? 0
    if (own + places > most) return 'each'
    if (total + places > all) return 'all'
    taken.set(holder, own + places)
    total += places
    let left = false
    return () => {
      if (left) return
      left = true
      total -= places
      const rest = (taken.get(holder) ?? 0) - places
      if (rest <= 0) taken.delete(holder)
      else taken.set(holder, rest)
    }
  }
}
export type Enter = ReturnType<typeof openPlaces>
