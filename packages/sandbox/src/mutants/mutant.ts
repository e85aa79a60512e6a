/** One small fault that a careless change could bring in, and the tests that must notice it. */
export type Mutant = {
  /** Its region and what it does, in kebab case: `admit-ignores-the-slots`. */
  name: string
  /** From the repository's root. */
  file: string
  /** Occurs exactly once in the file. */
  find: string
  replace: string
  /** What the original line protects, as a sentence. */
  protects: string
  /** Test files or folders, from the repository's root; the quickest that notice. */
  tests: readonly string[]
}

/**
 * - `killed`: at least one test failed on it
 * - `survived`: every test passed, so nothing protects the line
 * - `timedOut`: it only made a test slow; a hanging test says nothing about a promise, so this counts as survived
 * - `broken`: a test file did not even load, so the mutant itself is wrong
 */
export type Fate =
  | { kind: 'killed'; by: string }
  | { kind: 'survived' | 'timedOut' | 'broken'; detail: string }

export const isGood = (fate: Fate): boolean => fate.kind === 'killed'
