import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { choose } from '../../src/mutants/choose.ts'
import { fateOf } from '../../src/mutants/fate-of.ts'
import type { Mutant } from '../../src/mutants/mutant.ts'
import { mutants } from '../../src/mutants/mutants.ts'
import { runMutants } from '../../src/mutants/run-mutants.ts'

const root = join(import.meta.dirname, '../../../..')
const copyAgain: Mutant = {
  area: 'copy',
  name: 'copy-again',
  file: 'apps/worker/src/copy/copy-again.ts',
  find: 'Math.min(patient, leftMs / 20)',
  replace: 'patient',
  protects: 'nothing yet',
  tests: ['apps/worker/src/copy/copy-again.test.ts'],
}

describe('the list of mutants', () => {
  it('names each once', () => {
    const names = mutants.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })

  it.each(mutants)('finds the place of $name, and its tests', ({ file, find, replace, tests }) => {
    const text = readFileSync(join(root, file), 'utf8')
    expect(text.split(find).length - 1).toBe(1)
    expect(replace).not.toBe(find)
    expect(tests.filter((test) => !existsSync(join(root, test)))).toEqual([])
  })
})

describe('a run of mutants', () => {
  it('tells a fault that a test notices from one that none does and from one that does not load', async () => {
    const tried = await runMutants(
      [
        { ...copyAgain, name: 'noticed' },
        { ...copyAgain, name: 'harmless', replace: 'Math.min(leftMs / 20, patient)' },
        { ...copyAgain, name: 'misspelt', replace: 'Math.min(patient, ,' },
        { ...copyAgain, name: 'misplaced', find: 'nowhere' },
      ],
      { root, budgetMs: 60_000, jobs: 2, signal: new AbortController().signal, onTried: () => {} },
    )
    const fates = Object.fromEntries(tried.map(({ mutant, fate }) => [mutant.name, fate.kind]))
    expect(fates).toEqual({
      noticed: 'killed',
      harmless: 'survived',
      misspelt: 'broken',
      misplaced: 'broken',
    })
    expect(readFileSync(join(root, copyAgain.file), 'utf8')).toContain(copyAgain.find)
  })

  it('begins none when its time is over', async () => {
    const options = { root, budgetMs: 0, jobs: 1, signal: new AbortController().signal, onTried: () => {} }
    expect(await runMutants([copyAgain], options)).toEqual([])
  })
})

describe('fateOf', () => {
  const report = (...failures: string[][]) => ({
    numPassedTests: 1,
    testResults: [
      {
        message: '',
        assertionResults: failures.map((failureMessages, i) => ({
          fullName: `test ${i}`,
          status: 'failed',
          failureMessages,
        })),
      },
    ],
  })

  it('does not take a test that only became too slow for one that noticed', () => {
    expect(fateOf(report(['thrown: "Exceeded timeout of 60000 ms for a test.']))).toMatchObject({
      kind: 'timedOut',
    })
    expect(fateOf(report(['Exceeded timeout of 5 s'], ['expected 1, got 2']))).toEqual({
      kind: 'killed',
      by: 'test 1',
    })
  })
})

describe('choose', () => {
  const names = (choice: Parameters<typeof choose>[1]) =>
    choose(
      ['a-1', 'a-2', 'b-1', 'b-2'].map((name) => ({ ...copyAgain, name })),
      choice,
    ).map(({ name }) => name)

  it('shares all mutants out over the shards, each once', () => {
    expect(
      [
        ...names({ shard: { index: 1, of: 3 } }),
        ...names({ shard: { index: 2, of: 3 } }),
        ...names({ shard: { index: 3, of: 3 } }),
      ].toSorted(),
    ).toEqual(names({}))
  })

  it('takes turns, and takes only what is asked for', () => {
    expect(names({ from: 5 })).toEqual(['a-2', 'b-1', 'b-2', 'a-1'])
    expect(names({ only: 'b-' })).toEqual(['b-1', 'b-2'])
    expect(names({ only: 'none', from: 3 })).toEqual([])
  })
})
