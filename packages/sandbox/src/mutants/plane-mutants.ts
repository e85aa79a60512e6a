import type { Area, Listed } from './mutant.ts'

const ledger = 'packages/shared/src/ledger'
const live = 'apps/producer/src/live'
const planes = 'packages/sandbox/test/ledger/planes.test.ts'
const frames = `${live}/live-frames.test.ts`

/** The planes of batches, and what is told of them. */
export const planeMutants = {
  results: [
    {
      name: 'retried-rows-keep-their-code',
      file: `${ledger}/includes/enter-state.lua`,
      find: "if not from and fields.take and batchOf(fields) and to ~= 'failed' then",
      replace: 'if false then',
      protects: 'the code of a row is that of its newest edit',
      tests: [planes],
    },
    {
      name: 'planes-change-without-a-version',
      file: `${ledger}/includes/tally.lua`,
      find: "tally(key.batch(batch), 'mapVersion', 1)",
      replace: '',
      protects: 'whoever has a map hears that it is old',
      tests: [planes],
    },
    {
      name: 'versions-begin-anew',
      file: `${ledger}/open-batch.lua`,
      find: 'batch.mapVersion = int(nowMicros)',
      replace: "batch.mapVersion = '0'",
      protects: 'a map that Redis has lost never has a version again that other bytes had',
      tests: [planes],
    },
    {
      name: 'codes-beyond-a-byte',
      file: `${ledger}/includes/tally.lua`,
      find: 'if #codes > fact.mostCodes then return string.char(#codes) end',
      replace: '',
      protects: 'a batch with many codes goes on',
      tests: [planes],
    },
    {
      name: 'codes-outlive-their-batch',
      file: `${ledger}/includes/tell.lua`,
      find: "redis.call('EXPIRE', key.batchCodes(batch), fact.keptEditSeconds)",
      replace: '',
      protects: 'nothing of a batch stays in Redis for ever',
      tests: [planes],
    },
    {
      name: 'redos-of-batches-that-are-gone',
      file: `${ledger}/includes/tally.lua`,
      find: "or redis.call('EXISTS', key.batch(batch)) == 0",
      replace: '',
      protects: 'a redo leaves nothing of a batch that is gone',
      tests: [planes],
    },
    {
      name: 'rows-are-looked-through-without-end',
      file: 'apps/producer/src/list/find-rows.ts',
      find: 'if (i > 0 && tools.monotonic() >= until) return found',
      replace: '',
      protects: 'one request looks for rows for a bounded time',
      tests: ['apps/producer/src/list/find-rows.test.ts'],
    },
    {
      name: 'any-number-of-rows-is-read',
      file: 'apps/producer/src/batch/asked-rows.ts',
      find: 'if (rows.size > limits.askedRows)',
      replace: 'if (rows.size > 1_000_000)',
      protects: 'one request reads a bounded number of rows',
      tests: ['apps/producer/src/batch/asked-rows.test.ts'],
    },
  ],
  events: [
    {
      name: 'messages-of-any-length',
      file: `${live}/difference.ts`,
      find: 'if (changes.length > mostChanges) return undefined',
      replace: '',
      protects: 'a message to a page is short',
      tests: [frames],
    },
    {
      name: 'readers-behind-get-a-part',
      file: `${live}/live-frames.ts`,
      find: 'kept.find((each) => each.version === sent)',
      replace: 'kept[0]',
      protects: 'a difference begins with what its reader was sent',
      tests: [frames],
    },
    {
      name: 'maps-are-read-again-and-again',
      file: `${live}/live-frames.ts`,
      find: 'isReset && msUntilReset(place.resetAt) > 0',
      replace: 'false',
      protects: 'a page does not read a whole map four times a second',
      tests: [frames],
    },
    {
      name: 'one-look-for-each-reader',
      file: `${live}/watch-batches.ts`,
      find: 'const held = watched.get(name) ?? {',
      replace: 'const held = {',
      protects: 'a batch is read once for all who watch it',
      tests: [frames],
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
