import { boundsMutants } from './bounds-mutants.ts'
import type { Mutant } from './mutant.ts'
import { uncertainMutants } from './uncertain-mutants.ts'

/** Small faults, each of which some test must notice (docs/reliability.md). A fault that nothing notices is a missing test. */
export const mutants: readonly Mutant[] = [
  {
    name: 'copy-again-never-hurries',
    file: 'apps/worker/src/copy/copy-again.ts',
    find: 'Math.min(patient, leftMs / 20)',
    replace: 'patient',
    protects: 'a copy is tried more often as its address nears its end',
    tests: ['apps/worker/src/copy/copy-again.test.ts'],
  },
  ...boundsMutants,
  ...uncertainMutants,
]
