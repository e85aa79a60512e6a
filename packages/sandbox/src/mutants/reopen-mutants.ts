import type { Area, Listed } from './mutant.ts'

const ledger = 'packages/shared/src/ledger'
const rebuild = 'apps/worker/src/rebuild'
const producer = 'apps/producer/src/control'
const compared = 'packages/sandbox/test/hands/compare-canceled.test.ts'
const canceled = 'packages/sandbox/test/hands/rebuild-canceled.test.ts'
const retried = 'packages/sandbox/test/producer/retry.test.ts'

/** What Redis had forgotten of a submit when a cancel came, and which of a cancel and a retry counts. */
export const reopenMutants = {
  rebuild: [
    {
      name: 'canceled-edits-are-not-compared',
      file: `${rebuild}/rebuild.ts`,
      find: 'total.reopened += await compareCanceled(hour, comparedAt, tools, pulse)',
      replace: '',
      protects: 'the image of a submit that Redis forgot is stored although its edit was canceled',
      tests: [compared],
    },
    {
      name: 'reopen-touches-an-attempt-that-is-known',
      file: `${ledger}/reopen.lua`,
      find: 'tonumber(was.attempt or 0) >= tonumber(fields.attempt)',
      replace: 'false',
      protects: 'an edit that was canceled rightly stays so',
      tests: ['packages/sandbox/test/ledger/states.test.ts'],
      titled: 'opened again',
    },
    {
      name: 'reopen-touches-another-end',
      file: `${ledger}/reopen.lua`,
      find: 'was.state ~= canceled or ',
      replace: '',
      protects: 'only what was canceled is opened again',
      tests: ['packages/sandbox/test/ledger/states.test.ts'],
      titled: 'opened again',
    },
    {
      name: 'reopened-row-counts-twice',
      file: `${ledger}/reopen.lua`,
      find: 'tally(name, to, -1)',
      replace: '',
      protects: 'the counts of a batch are those of its rows',
      tests: [compared],
    },
    {
      name: 'reopened-batch-is-complete-still',
      file: `${ledger}/reopen.lua`,
      find: "if redis.call('HDEL', name, 'completedAt') == 1 then redis.call('HINCRBY', name, 'reopened', 1) end",
      replace: '',
      protects: 'the end of a batch is told when all of it has ended',
      tests: [compared],
    },
    {
      name: 'reopened-batch-expires',
      file: `${ledger}/reopen.lua`,
      find: "redis.call('PERSIST', name)",
      replace: '',
      protects: 'a batch that goes on is kept',
      tests: [compared],
    },
    {
      name: 'compare-before-the-edits-follow',
      file: `${rebuild}/compare-canceled.ts`,
      find: 'if (mark !== undefined)',
      replace: 'if (mark === undefined)',
      protects: 'edits that are about to be canceled are compared too',
      tests: [compared],
    },
    {
      name: 'compare-for-ever',
      file: `${rebuild}/compare-canceled.ts`,
      find: 'writtenAt < since && (batch.completedAt ?? Infinity) < since',
      replace: 'false',
      protects: 'the receipts of a batch are not listed again and again',
      tests: [compared],
    },
  ],
  control: [
    {
      name: 'late-cancel-counts-after-a-retry',
      file: `${rebuild}/order-again.ts`,
      find: "if (what === 'batch' && number < (await newestRetry(store, batch))) return",
      replace: '',
      protects: 'rows that are retried are not canceled by an order from before',
      tests: [canceled],
    },
    {
      name: 'cancel-counts-no-retries',
      file: `${producer}/steer-batch.ts`,
      find: 'const round = await newestRetry(store, batch.id)',
      replace: 'const round = 0',
      protects: 'a cancel after a retry counts',
      tests: [retried],
    },
    {
      name: 'retry-counts-more-than-the-cancel-that-overtook-it',
      file: `${producer}/retry-batch.ts`,
      find: "if (kind === 'canceled') await writeCancelOrder(store, 'batch', id, Date.now(), number)",
      replace: '',
      protects: 'a cancel that was answered stands',
      tests: [retried],
    },
    {
      name: 'retry-ignores-a-cancel-that-redis-forgot',
      file: `${producer}/retry-batch.ts`,
      find: 'if (batch.completedAt === undefined && (await isCanceled(id, store)))',
      replace: 'if (batch.canceledAt !== undefined)',
      protects: 'a cancel that was answered stands although Redis forgot it',
      tests: [retried],
    },
  ],
} satisfies Partial<Record<Area, readonly Listed[]>>
