import { createHash } from 'node:crypto'
import { openKeyIndex } from '@restyle/shared/key-index'

/** What a producer knows of a key: the newest row with it, as `GET /v1/catalogs/{name}/rows` tells it. */
export type KnownRow = { key: string; fingerprint?: string | undefined; state: string; batch: string }

/** The same as it is kept: `print` stands for the fingerprint. */
export type Known = { index: number; print: bigint | undefined; state: string; batch: string }

/** What is known of the keys of a catalog, in some forty bytes each. */
export type KnownRows = {
  add: (row: KnownRow) => void
  find: (key: string) => Known | undefined
  readonly size: number
}

const noPrint = 0n

export function openKnownRows(): KnownRows {
  const keys = openKeyIndex()
  const batches = openNames()
  const states = openNames()
  let prints = new BigUint64Array(1 << 10)
  let places = new Uint32Array(prints.length)
  let stateOf = new Uint8Array(prints.length)
  let size = 0
  function grow(): void {
    const more = prints.length * 2
    prints = copied(new BigUint64Array(more), prints)
    places = copied(new Uint32Array(more), places)
    stateOf = copied(new Uint8Array(more), stateOf)
  }
  return {
    add: ({ key, fingerprint, state, batch }) => {
      // the first one that comes is the newest
      if (keys.claim(key, size) !== undefined) return
      if (size === prints.length) grow()
      prints[size] = fingerprint === undefined ? noPrint : printOf(fingerprint)
      places[size] = batches.numberOf(batch)
      stateOf[size] = states.numberOf(state)
      size += 1
    },
    find: (key) => {
      const index = keys.find(key)
      if (index === undefined) return undefined
      const print = prints[index]
      return {
        index,
        print: print === noPrint ? undefined : print,
        state: states.name(stateOf[index]),
        batch: batches.name(places[index]),
      }
    },
    get size() {
      return size
    },
  }
}

/** 64 bits of a digest: that one row of a million is taken for unchanged and is not has a chance of 1 to 10^13. */
export const printOf = (fingerprint: string): bigint =>
  createHash('sha256').update(fingerprint).digest().readBigUInt64LE(0) || 1n

function copied<List extends BigUint64Array | Uint32Array | Uint8Array>(to: List, from: List): List {
  to.set(from as never)
  return to
}

/** Names by their numbers: few, and each said a million times. */
function openNames() {
  const numbers = new Map<string, number>()
  const names: string[] = []
  return {
    numberOf: (name: string): number => {
      const known = numbers.get(name)
      if (known !== undefined) return known
      numbers.set(name, names.length)
      return names.push(name) - 1
    },
    name: (number = 0): string => names[number] ?? '',
  }
}
