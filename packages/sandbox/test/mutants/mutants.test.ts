import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { choose } from '../../src/mutants/choose.ts'
import { fateOf } from '../../src/mutants/fate-of.ts'
import { areas, type Fate, fails, type Mutant } from '../../src/mutants/mutant.ts'
import { mutants } from '../../src/mutants/mutants.ts'
import { faultsOf } from '../../src/mutants/place-of.ts'
import { type RunOptions, runMutants, type Tried } from '../../src/mutants/run-mutants.ts'
import { spreadLine, summaryLine } from '../../src/mutants/summary.ts'

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
/** Has nothing to do with the file. */
const elsewhere = 'apps/worker/src/copy/crc64.test.ts'

describe('the list of mutants', () => {
  it('names each once', () => {
    const names = mutants.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })

  it('has at least three of each area, and sixty in all', () => {
    const few = areas.filter((area) => mutants.filter((mutant) => mutant.area === area).length < 3)
    expect(few).toEqual([])
    expect(mutants.length).toBeGreaterThanOrEqual(60)
  })

  it('finds the place of each once, and its tests', async () => {
    expect(await faultsOf(mutants, root)).toEqual([])
  })
})

describe('a mutant is told with its name and its file', () => {
  it.each<[string, Partial<Mutant>, string]>([
    [
      'whose place is gone',
      { find: 'nowhere' },
      '"nowhere" occurs 0 times in apps/worker/src/copy/copy-again.ts',
    ],
    ['whose place is not one', { find: 'patient' }, '"patient" occurs 3 times in'],
    ['that changes nothing', { replace: copyAgain.find }, 'changes nothing in apps/worker'],
    ['whose file is gone', { file: 'apps/gone.ts' }, 'there is no apps/gone.ts'],
    ['whose test is gone', { tests: ['apps/gone.test.ts'] }, 'there is no apps/gone.test.ts'],
    ['whose title is gone', { titled: 'counts to four' }, 'no title of its tests holds "counts to four"'],
  ])('%s', async (_, more, says) => {
    expect(await faultsOf([{ ...copyAgain, ...more }], root)).toEqual([
      expect.stringContaining(`copy-again: ${says}`),
    ])
  })
})

const run = (list: readonly Mutant[], more: Partial<RunOptions> = {}) =>
  runMutants(list, {
    root,
    budgetMs: Infinity,
    jobs: 1,
    signal: new AbortController().signal,
    onTried: () => {},
    ...more,
  })
const kinds = (tried: readonly Tried[]) =>
  Object.fromEntries(tried.map(({ mutant, fate }) => [mutant.name, fate.kind]))

describe('a run of mutants', () => {
  it('tells a fault that a test notices from one that none does and from one that does not load', async () => {
    const tried = await run(
      [
        { ...copyAgain, name: 'noticed' },
        { ...copyAgain, name: 'harmless', replace: 'Math.min(leftMs / 20, patient)' },
        { ...copyAgain, name: 'misspelt', replace: 'Math.min(patient, ,' },
        { ...copyAgain, name: 'misplaced', find: 'nowhere' },
      ],
      { jobs: 2 },
    )
    expect(kinds(tried)).toEqual({
      noticed: 'killed',
      harmless: 'survived',
      misspelt: 'broken',
      misplaced: 'broken',
    })
    expect(readFileSync(join(root, copyAgain.file), 'utf8')).toContain(copyAgain.find)
  })

  it('asks file after file until one notices, and only the tests that it is told to', async () => {
    const [own = ''] = copyAgain.tests
    const tried = await run([
      { ...copyAgain, name: 'first', tests: [own, elsewhere] },
      { ...copyAgain, name: 'second', tests: [elsewhere, own] },
      { ...copyAgain, name: 'none', tests: [elsewhere, elsewhere] },
      { ...copyAgain, name: 'titled', titled: 'hurries when' },
      { ...copyAgain, name: 'titled-otherwise', titled: 'spreads images' },
    ])
    expect(kinds(tried)).toEqual({
      first: 'killed',
      second: 'killed',
      none: 'survived',
      titled: 'killed',
      'titled-otherwise': 'survived',
    })
  })

  it('gives up a test that hangs, and ends when its time is over, whatever runs', async () => {
    const asleep = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'
    const hangs = { ...copyAgain, replace: `(() => { ${asleep} })()` }
    const [late, over] = await Promise.all([
      run([hangs], { patienceMs: 3_000 }),
      run([hangs, copyAgain], { budgetMs: 3_000 }),
    ])
    expect(late.map(({ fate }) => fate.kind)).toEqual(['timedOut'])
    expect(over.map(({ fate }) => fate.kind)).toEqual(['cutShort'])
  })

  it('begins none when its time is over', async () => {
    expect(await run([copyAgain], { budgetMs: 0 })).toEqual([])
  })
})

describe('a run fails', () => {
  it.each<[Fate['kind'], boolean, boolean]>([
    ['killed', false, false],
    ['survived', true, true],
    ['broken', true, true],
    ['timedOut', true, false],
    ['cutShort', false, false],
  ])('where a mutant is %s: %s; with a limit of its own: %s', (kind, unlimited, limited) => {
    const fate = { kind, by: '', detail: '' } as Fate
    expect([fails(fate, false), fails(fate, true)]).toEqual([unlimited, limited])
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
  const list = ['a-1', 'a-2', 'b-1', 'b-2'].map((name): Mutant => ({ ...copyAgain, name }))
  const names = (choice: Parameters<typeof choose>[1], of: readonly Mutant[] = list) =>
    choose(of, choice).map(({ name }) => name)

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
    expect(names({ from: 5, count: 2 })).toEqual(['a-2', 'b-1'])
    expect(names({ only: 'b-' })).toEqual(['b-1', 'b-2'])
    expect(names({ only: 'none', from: 3 })).toEqual([])
    expect(names({ area: 'poll' })).toEqual([])
  })

  it('has the areas take turns, so that a handful is of many', () => {
    const mixed = list.map((each, i): Mutant => ({ ...each, area: i < 2 ? 'poll' : 'admit' }))
    expect(names({}, mixed)).toEqual(['b-1', 'a-1', 'b-2', 'a-2'])
    const handful = choose(mutants, { from: 100, count: areas.length })
    expect(new Set(handful.map(({ area }) => area)).size).toBeGreaterThan(areas.length / 2)
  })
})

describe('what a run says', () => {
  it('is how many mutants there are of each area, and what came of them', () => {
    const other: Mutant = { ...copyAgain, area: 'admit' }
    expect(spreadLine([copyAgain, copyAgain, other])).toBe('3 mutants: 1 admit, 2 copy')
    const tried: Tried[] = [
      { mutant: other, fate: { kind: 'killed', by: 'a test' }, ms: 1 },
      { mutant: copyAgain, fate: { kind: 'cutShort', detail: '' }, ms: 1 },
    ]
    expect(summaryLine(tried, 3)).toBe('2 of 3 mutants tried: 1 noticed, 1 cut short.')
    expect(summaryLine([], 3)).toBe('0 of 3 mutants tried: the time was over.')
  })
})
