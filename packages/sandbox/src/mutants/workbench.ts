import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fate, Mutant } from './mutant.ts'
import { placeOf } from './place-of.ts'
import { runTestFile } from './run-test-file.ts'

/** A copy of the sources in which one mutant after the other is tried; the checkout itself is never written to. */
export type Workbench = {
  /** Puts the mutant in, runs its tests for at most `ms` in all, and takes it out again. */
  try(mutant: Mutant, ms: number): Promise<Fate>
  close(): Promise<void>
}

const copied = [
  'apps',
  'packages',
  'docs',
  'infra',
  'package.json',
  'jest.config.js',
  'pnpm-workspace.yaml',
  'README.md',
]

/** `root` is the repository's; its node_modules are used as they are. */
export async function openWorkbench(root: string, signal: AbortSignal): Promise<Workbench> {
  const dir = await mkdtemp(join(tmpdir(), 'restyle-mutants-'))
  // the links between packages are relative, so they lead to the copies
  for (const name of copied)
    await cp(join(root, name), join(dir, name), { recursive: true, verbatimSymlinks: true })
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
  return {
    try: async (mutant, ms) => {
      const place = await placeOf(mutant, dir)
      if (place.kind === 'lost') return { kind: 'broken', detail: place.why }
      await writeFile(place.path, place.mutated)
      try {
        return await runTests(dir, mutant, ms, signal)
      } finally {
        await writeFile(place.path, place.original)
      }
    },
    close: () => rm(dir, { recursive: true, force: true }),
  }
}

/** File by file, until one has noticed. */
async function runTests(
  dir: string,
  { tests, titled }: Mutant,
  ms: number,
  signal: AbortSignal,
): Promise<Fate> {
  const endsAt = performance.now() + ms
  let fate: Fate = { kind: 'broken', detail: 'no test file' }
  for (const test of tests) {
    fate = await runTestFile({ dir, test, titled, ms: endsAt - performance.now(), signal })
    if (fate.kind !== 'survived') return fate
  }
  return fate
}
