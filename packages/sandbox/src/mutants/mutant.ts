/** What a mutant is about. Each has at least three. */
export const areas = [
  'admit',
  'move',
  'accept',
  'restore',
  'submit',
  'reconcile',
  'poll',
  'copy',
  /** With the other duties of a worker, and its way out. */
  'sweep',
  'rebuild',
  /** Rows that rest in the bucket, and how they are fed. */
  'rest',
  /** Ended edits that rest there again. */
  'fold',
  /** Lists, results, images and reports. */
  'results',
  /** Rows that come in chunks: from a catalog's file, over HTTP, into an open batch. */
  'stream',
  'receipt',
  'store',
  'events',
  /** What a person cancels, pauses and resumes. */
  'control',
  /** What persons think of results. */
  'verdict',
  /** What batches and producers may cost, and have cost. */
  'money',
  /** API keys, and who reads what with them. */
  'keys',
  /** What every answer has in common. */
  'http',
] as const
export type Area = (typeof areas)[number]

/** One small fault that a careless change could bring in, and the tests that must notice it. */
export type Mutant = {
  area: Area
  /** What it does, in kebab case: `admit-lets-one-too-many-run`. */
  name: string
  /** From the repository's root. */
  file: string
  /** Occurs exactly once in the file. */
  find: string
  replace: string
  /** What the original line protects, as a sentence. */
  protects: string
  /** Test files, from the repository's root; the quickest that notices comes first. */
  tests: readonly string[]
  /** Only the tests that have this in their title, where the others of the file take long. */
  titled?: string
}

/** A mutant as it is written down: under its area. */
export type Listed = Omit<Mutant, 'area'>

/**
 * - `killed`: at least one test failed on it
 * - `survived`: every test passed, so nothing protects the line
 * - `timedOut`: it only made a test slow; a hanging test says nothing about a promise
 * - `broken`: its place is not there, or a test file did not even load, so the mutant itself is wrong
 * - `cutShort`: the time of the whole run was over before its tests were
 */
export type Fate =
  | { kind: 'killed'; by: string }
  | { kind: 'survived' | 'timedOut' | 'broken' | 'cutShort'; detail: string }

/**
 * Whether a fate fails the run. A run with a limit of its own (`--minutes`) may be on a slow machine: there a mutant that
 * timed out is told, and fails nothing.
 */
export function fails({ kind }: Fate, limited: boolean): boolean {
  return kind === 'survived' || kind === 'broken' || (kind === 'timedOut' && !limited)
}
