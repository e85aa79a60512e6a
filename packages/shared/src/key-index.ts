import { hash } from 'node:crypto'

/**
 * Which row has a key, for a million rows in 25 MB. Digests of 64 bits stand for the keys: that two keys of a million
 * share one has a probability of 1 to 37 million.
 */
export type KeyIndex = {
  /** Notes the key for that row, counted from 0, unless a row has it; gives that row. */
  claim: (key: string, row: number) => number | undefined
  /** The row that has the key. */
  find: (key: string) => number | undefined
  /** What it takes of memory. */
  readonly bytes: number
}

/** Words of a place: two of the digest, and the row + 1; 0 is an empty place. */
const words = 3
const firstPlaces = 1 << 12
/** Fuller than this, and the search for a place becomes long. */
const mostTaken = 0.7

export function openKeyIndex(): KeyIndex {
  let places = firstPlaces
  let table = new Uint32Array(places * words)
  let taken = 0

  /** Where the digest is, or the empty place where it belongs. */
  function find(high: number, low: number): number {
    for (let place = low % places; ; place = (place + 1) % places) {
      const at = place * words
      if (table[at + 2] === 0 || (table[at] === high && table[at + 1] === low)) return at
    }
  }

  function grow(): void {
    const before = table
    places *= 2
    table = new Uint32Array(places * words)
    for (let at = 0; at < before.length; at += words)
      if (before[at + 2] !== 0)
        table.set(before.subarray(at, at + words), find(before[at] ?? 0, before[at + 1] ?? 0))
  }

  /** Where a key is, with its digest, and the row that has it. */
  function look(key: string) {
    const digest = hash('sha256', key, 'buffer')
    const [high, low] = [digest.readUInt32LE(0), digest.readUInt32LE(4)]
    const at = find(high, low)
    const has = table[at + 2] ?? 0
    return { high, low, at, row: has === 0 ? undefined : has - 1 }
  }

  return {
    find: (key) => look(key).row,
    claim: (key, row) => {
      const { high, low, at, row: has } = look(key)
      if (has !== undefined) return has
      table.set([high, low, row + 1], at)
      taken += 1
      if (taken > places * mostTaken) grow()
      return undefined
    },
    get bytes() {
      return table.byteLength
    },
  }
}
