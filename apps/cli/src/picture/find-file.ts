import { readdir } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { nearNames } from './near-names.ts'

/** The one file that is certainly meant, by its absolute path; or the names that are near, for a message. */
export type FoundFile = { kind: 'found'; path: string } | { kind: 'near'; names: string[] }

/** Looks for a file that does not exist as it is named. */
export type FindFile = (named: string) => Promise<FoundFile>

/** How many names get their near misses: each costs a look at every name of a folder, and twenty faults are shown. */
const NEAR_LOOKS = 50

/** The names in a folder, and which of them read alike. */
type Listing = {
  names: readonly string[]
  composed: ReadonlyMap<string, string[]>
  folded: ReadonlyMap<string, string[]>
}

const compose = (name: string): string => name.normalize('NFC')
const fold = (name: string): string => name.normalize('NFC').toLowerCase()

/**
 * Finds a file by another spelling of its name: with the other slashes, composed characters, another case. Names are
 * compared folder by folder within `folder`; where nothing or more than one fits, near misses are named.
 */
export function openFinder(folder: string): FindFile {
  const listings = new Map<string, Promise<Listing>>()
  const listingOf = (path: string): Promise<Listing> => {
    const listing = listings.get(path) ?? readListing(path)
    listings.set(path, listing)
    return listing
  }
  let looks = 0
  const near = async (name: string, path: string): Promise<string[]> => {
    looks += 1
    return looks > NEAR_LOOKS ? [] : nearNames(name, (await listingOf(path)).names)
  }

  return async (named) => {
    const path = resolve(folder, named.replaceAll('\\', '/').replace(/^[a-z]:/i, ''))
    const steps = relative(folder, path).split('/')
    // a path of another machine, or one that leads out: only its last name can help
    if (steps[0] === '..' || steps[0] === '')
      return { kind: 'near', names: await near(basename(path), folder) }
    let at = folder
    for (const [index, step] of steps.entries()) {
      const alike = sameName(step, await listingOf(at))
      const [only] = alike
      if (only === undefined || alike.length > 1) {
        const rest = steps.slice(index + 1)
        const likely = alike.length > 1 ? alike : await near(step, at)
        const way = relative(folder, at)
        const here = likely.map((name) => join(way, name, ...rest))
        const elsewhere = rest.length === 0 ? [] : await near(basename(path), folder)
        return { kind: 'near', names: [...here, ...elsewhere] }
      }
      at = join(at, only)
    }
    return { kind: 'found', path: at }
  }
}

async function readListing(path: string): Promise<Listing> {
  const names = await readdir(path).catch(() => [])
  return { names, composed: Map.groupBy(names, compose), folded: Map.groupBy(names, fold) }
}

/** Exactly, else composed alike, else without regard to case: the first of these that fits at all. */
function sameName(name: string, { names, composed, folded }: Listing): string[] {
  if (names.includes(name)) return [name]
  return composed.get(compose(name)) ?? folded.get(fold(name)) ?? []
}
