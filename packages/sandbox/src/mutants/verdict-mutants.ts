import type { Area, Listed } from './mutant.ts'

const ledger = 'packages/shared/src/ledger'
const tests = 'packages/sandbox/test'
const kept = `${tests}/ledger/verdicts.test.ts`
const operations = `${tests}/ledger/operations.test.ts`
const model = `${tests}/ledger/verdicts-agree.test.ts`
const routes = `${tests}/producer/verdicts.test.ts`
const redone = `${tests}/producer/redo.test.ts`
const meant = 'apps/producer/src/verdict/meant-rows.test.ts'

/** What persons think of results. */
export const verdictMutants = {
  verdict: [
    {
      name: 'verdict-on-a-row-without-images',
      file: `${ledger}/judge-row.lua`,
      find: "if byte ~= fact.byteOf(succeeded) then return { 'open', byte } end",
      replace: '',
      protects: 'only a row that has images is judged',
      tests: [kept],
    },
    {
      name: 'verdict-on-an-edit-without-images',
      file: `${ledger}/judge-edit.lua`,
      find: "if fields.state ~= 'succeeded' then return { 'open', fields.state } end",
      replace: '',
      protects: 'only an edit that has images is judged',
      tests: [kept],
    },
    {
      name: 'verdict-on-an-older-take',
      file: `${ledger}/judge-row.lua`,
      find: "if #KEYS > 1 and redis.call('EXISTS', unpack(KEYS, 2)) > 0 then return { 'older' } end",
      replace: '',
      protects: 'what a person said of an earlier edit of a row is not said of its newest',
      tests: [kept],
    },
    {
      name: 'verdict-overrules-unseen',
      file: `${ledger}/judge-row.lua`,
      find: "if ask.known and ask.known ~= before .. ' ' .. number .. ' ' .. (detail or '') then return { 'changed' } end",
      replace: '',
      protects: 'of two persons who judge at once the second hears of the first',
      tests: [kept],
    },
    {
      name: 'verdict-is-not-counted-down',
      file: `${ledger}/judge-row.lua`,
      find: 'countVerdict(batch, before, -1)',
      replace: '',
      protects: 'the counts of verdicts are those of the plane',
      tests: [kept, model],
    },
    {
      name: 'operation-overrules-who-came-between',
      file: `${ledger}/carry-operation.lua`,
      find: 'if want == is and string.sub',
      replace: 'if string.sub',
      protects: 'a row that somebody judged after the order is left alone',
      tests: [operations],
    },
    {
      name: 'operation-judges-what-is-done-again',
      file: `${ledger}/carry-operation.lua`,
      find: 'if want == is and string.sub(states, i, i) == fact.byteOf(succeeded) then',
      replace: 'if want == is then',
      protects: 'a row that is done again by its turn is left alone',
      tests: [operations],
    },
    {
      name: 'undo-takes-back-what-came-later',
      file: `${ledger}/carry-operation.lua`,
      find: 'if mark == ownMark then',
      replace: 'if true then',
      protects: 'an undo leaves rows that were judged since',
      tests: [operations],
    },
    {
      name: 'undo-forgets-who-said-it',
      file: `${ledger}/carry-operation.lua`,
      find: 'string.sub(was, 1, 1), string.sub(was, 2, 3)',
      replace: 'string.sub(was, 1, 1), noMark',
      protects: 'an undo gives back by whom the former verdict was given',
      tests: [operations],
    },
    {
      name: 'operations-without-a-bound',
      file: `${ledger}/open-operation.lua`,
      find: "if open >= ask.mostOpen then return { 'busy' } end",
      replace: '',
      protects: 'a producer has no more operations at a time than it may have',
      tests: [operations],
    },
    {
      name: 'restored-verdict-overrules',
      file: `${ledger}/restore-verdicts.lua`,
      find: 'if is == fact.noVerdict and newMarks[i] == noMark and was ~= fact.noVerdict then',
      replace: 'if was ~= fact.noVerdict then',
      protects: 'what is put back from the bucket overrules nobody who has judged since',
      tests: [routes],
    },
    {
      name: 'redo-beyond-the-cap',
      file: 'apps/producer/src/redo/redo-edit.ts',
      find: 'each.freeMicros < mostMicros',
      replace: 'each.freeMicros < 0',
      protects: 'a redo is refused where a cap has no money for it',
      tests: [redone],
      titled: 'tells its price',
    },
    {
      name: 'redo-without-end',
      file: 'apps/producer/src/redo/redo-edit.ts',
      find: '.length >= mostRedos',
      replace: '.length > 1000',
      protects: 'an edit has a bounded number of redos',
      tests: [redone],
      titled: 'is refused with what to do',
    },
    {
      name: 'redo-of-another-edit-under-one-key',
      file: 'apps/producer/src/intake/accept-edit.ts',
      find: 'bodyHash: digestOf({ redoOf, bodyHash })',
      replace: 'bodyHash',
      protects: 'one key is the redo of one edit',
      tests: [redone],
      titled: 'is made once under one key',
    },
    {
      name: 'judged-redo-is-forgotten',
      file: 'apps/producer/src/verdict/judge.ts',
      find: "if (redo?.state === 'succeeded') await keepRedo(store, redo)",
      replace: 'void keepRedo',
      protects: 'results show the chosen redo as long as the verdict stands',
      tests: [redone],
      titled: 'stands in the results',
    },
    {
      name: 'redo-of-anybody-is-chosen',
      file: 'apps/producer/src/verdict/judge.ts',
      find: 'redo?.redoOf === edit.id && redo.producer === edit.producer',
      replace: 'redo !== undefined',
      protects: 'only a redo of this very edit is chosen for it',
      tests: [redone],
      titled: 'stands in the results',
    },
    {
      name: 'rows-without-images-are-meant',
      file: 'apps/producer/src/verdict/meant-rows.ts',
      find: 'if (state[row] !== succeeded) skipped += 1',
      replace: 'if (state[row] === 0) skipped += 1',
      protects: 'an operation means rows with images alone',
      tests: [meant],
    },
  ],
} satisfies Partial<Record<Area, readonly Listed[]>>
