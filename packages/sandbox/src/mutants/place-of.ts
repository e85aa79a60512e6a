import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'

/** A file with the mutant and without it, or why it cannot be put in. */
export type Place =
  | { kind: 'found'; path: string; original: string; mutated: string }
  | { kind: 'lost'; why: string }

/** Looks for the one place of a mutant in the sources under `root`. */
export async function placeOf({ name, file, find, replace }: Mutant, root: string): Promise<Place> {
  const path = join(root, file)
  const original = await readFile(path, 'utf8').catch(() => undefined)
  if (original === undefined) return { kind: 'lost', why: `${name}: there is no ${file}` }
  const parts = original.split(find)
  if (parts.length !== 2)
    return { kind: 'lost', why: `${name}: "${find}" occurs ${parts.length - 1} times in ${file}` }
  const mutated = parts.join(replace)
  if (mutated === original) return { kind: 'lost', why: `${name}: changes nothing in ${file}` }
  return { kind: 'found', path, original, mutated }
}

/** Why the tests of a mutant are not to be found under `root`; undefined where they are. */
export async function faultOfTests(
  { name, tests, titled = '' }: Mutant,
  root: string,
): Promise<string | undefined> {
  const texts = await Promise.all(
    tests.map((test) => readFile(join(root, test), 'utf8').catch(() => undefined)),
  )
  const missing = tests.find((_, i) => texts[i] === undefined)
  if (missing !== undefined) return `${name}: there is no ${missing}`
  if (!texts.some((text) => text?.includes(titled))) return `${name}: no title of its tests holds "${titled}"`
  return undefined
}

/** What is wrong with a list of mutants before any test runs: each fault with the name and the file. */
export async function faultsOf(mutants: readonly Mutant[], root: string): Promise<string[]> {
  const faults = await Promise.all(
    mutants.map(async (mutant) => {
      const place = await placeOf(mutant, root)
      return [place.kind === 'lost' ? place.why : undefined, await faultOfTests(mutant, root)]
    }),
  )
  return faults.flat().filter((fault) => fault !== undefined)
}
