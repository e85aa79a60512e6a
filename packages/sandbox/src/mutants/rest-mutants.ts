import type { Area, Listed } from './mutant.ts'

const ledger = 'packages/shared/src/ledger'
const rows = 'packages/shared/src/rows'
const worker = 'apps/worker/src'
const producer = 'apps/producer/src'
const resting = 'packages/sandbox/test/ledger/resting.test.ts'
const stored = 'packages/sandbox/test/store/rows.test.ts'
const rebuilt = 'packages/sandbox/test/hands/rebuild.test.ts'
const intake = 'packages/sandbox/test/producer/intake.test.ts'

/** Rows that rest in the bucket, and how they are fed. */
export const restMutants = {
  rest: [
    {
      name: 'feed-ignores-the-cursor',
      file: `${ledger}/feed.lua`,
      find: 'at ~= ask.from or ',
      replace: '',
      protects: 'of two feeders one feeds',
      tests: [resting],
    },
    {
      name: 'feed-touches-rows-that-do-not-rest',
      file: `${ledger}/feed.lua`,
      find: 'string.sub(bytes, place, place) == rests',
      replace: 'place > 0',
      protects: 'a row that has ended does not begin again',
      tests: [resting],
    },
    {
      name: 'append-leaves-a-gap',
      file: `${ledger}/append-rows.lua`,
      find: "if ask.first > accepted then return { 'gap', accepted } end",
      replace: '',
      protects: 'a batch has all rows up to its last',
      tests: [resting],
    },
    {
      name: 'append-takes-rows-twice',
      file: `${ledger}/append-rows.lua`,
      find: "if ask.first < accepted then return { 'known', accepted } end",
      replace: '',
      protects: 'rows that are sent again are taken once',
      tests: [resting],
    },
    {
      name: 'append-lets-all-rows-rest',
      file: `${ledger}/append-rows.lua`,
      find: "string.gsub(there, '%z', fact.restingByte)",
      replace: "string.gsub(there, '.', fact.restingByte)",
      protects: 'a row that came back from its receipts does not rest',
      tests: [resting],
    },
    {
      name: 'close-takes-any-number',
      file: `${ledger}/close-batch.lua`,
      find: "if accepted ~= ask.total then return { 'mismatch', accepted } end",
      replace: '',
      protects: 'a batch is not closed while rows are missing',
      tests: [resting],
    },
    {
      name: 'close-tells-no-end',
      file: `${ledger}/close-batch.lua`,
      find: 'endedBatches[ask.batch] = producer',
      replace: '',
      protects: 'a batch whose last row ended before its close ends',
      tests: [resting],
    },
    {
      name: 'each-batch-has-a-window-of-its-own',
      file: `${ledger}/includes/resting.lua`,
      find: 'queued = queued + waits',
      replace: 'queued = waits',
      protects: 'many small batches are no more edits than a large one',
      tests: [resting],
    },
    {
      name: 'rows-step-aside-without-end',
      file: `${ledger}/includes/resting.lua`,
      find: 'fact.mostAside - tonumber(found[2] or 0)',
      replace: 'fact.mostAside',
      protects: 'a batch whose sources are away does not fill Redis',
      tests: [resting],
    },
    {
      name: 'rows-stay-behind-an-uncertain-submit',
      file: `${ledger}/includes/pick.lua`,
      find: 'noteHunger(ask.model, class, producer, true)',
      replace: '',
      protects: 'an uncertain submit holds back rows like it, and no others that rest',
      tests: [resting],
    },
    {
      name: 'a-post-under-way-fills-the-backlog',
      file: `${ledger}/includes/pick.lua`,
      find: " and redis.call('HGET', key.edit(id), 'state') == 'uncertain'",
      replace: '',
      protects: 'a batch of one prompt has no more edits queued than another',
      tests: [resting],
    },
    {
      name: 'waits-are-counted-once-they-are-over',
      file: `${ledger}/includes/pick.lua`,
      find: "countLot(edit.fields, 'aside', -1)",
      replace: '',
      protects: 'rows are fed again when those aside come back',
      tests: [resting],
    },
    {
      name: 'two-feeders-read-the-same-rows',
      file: `${ledger}/next-to-feed.lua`,
      find: 'int(now + claimMs)',
      replace: 'int(now)',
      protects: 'rows are read by one feeder at a time',
      tests: [resting],
    },
    {
      name: 'chunks-are-kept-without-end',
      file: `${rows}/read-rows.ts`,
      find: 'if (bytes <= keptBytes) break',
      replace: 'if (bytes > 0) break',
      protects: 'reading a large batch does not fill the memory',
      tests: [stored],
    },
    {
      name: 'chunks-are-looked-for-too-late',
      file: `${rows}/read-rows.ts`,
      find: 'const before = row - chunkLimits.rows',
      replace: 'const before = row - 1',
      protects: 'a row is found whatever the size of its chunk',
      tests: [stored],
    },
    {
      name: 'other-rows-pass-for-the-same',
      file: `${rows}/write-rows.ts`,
      find: "return same ? 'written' : 'conflict'",
      replace: "return 'written'",
      protects: 'what is promised is what is in the bucket',
      tests: [stored],
    },
    {
      name: 'batch-is-promised-though-rows-conflict',
      file: `${producer}/intake/promise-rows.ts`,
      find: "return conflict ? 'conflict' : writeOpening(store, opening, now())",
      replace: 'return writeOpening(store, opening, now())',
      protects: 'a promise names no rows of another batch',
      tests: [intake],
    },
    {
      name: 'rows-rest-before-their-receipts-were-read',
      file: `${worker}/rebuild/rebuild-batch.ts`,
      find: "if (fates.includes('missed')) return { taken: 0, folded }",
      replace: '',
      protects: 'a row that was submitted is not taken for one that rests',
      tests: [rebuilt],
    },
    {
      name: 'rows-with-torn-receipts-rest',
      file: `${worker}/rebuild/rebuild-batch.ts`,
      find: "fates[i] === 'poisoned' ? [row] : []",
      replace: 'fates[i] === undefined ? [row] : []',
      protects: 'a row of which nobody knows what became of it is not submitted',
      tests: [rebuilt],
    },
    {
      name: 'open-batches-are-audited-by-their-age',
      file: `${worker}/rebuild/rebuild.ts`,
      find: 'of await tools.ledger.unclosed()',
      replace: 'of [] as string[]',
      protects: 'a batch that was opened long ago gets the rows back that came lately',
      tests: [rebuilt],
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
