import type { Area, Listed } from './mutant.ts'

const ledgerTests = 'packages/sandbox/test/ledger'
const producerTests = 'packages/sandbox/test/producer'
const ledger = 'packages/shared/src/ledger'
const producer = 'apps/producer/src'
const shared = 'packages/shared/src'

export const acceptMutants = {
  accept: [
    {
      name: 'pieces-cut-characters',
      file: 'packages/shared/src/ledger/includes/pieces.lua',
      find: 'if isWithinCharacter(text, after) then after = after - 1 end',
      replace: '',
      protects: 'a prompt is read as it was written',
      tests: ['packages/sandbox/test/ledger/pieces.test.ts'],
    },
    {
      name: 'pieces-stay-behind',
      file: 'packages/shared/src/ledger/includes/record.lua',
      find: 'shorten(record, field, #pieces - 1, gone)',
      replace: '',
      protects: 'a text that becomes shorter keeps nothing of the longer one',
      tests: ['packages/sandbox/test/ledger/pieces.test.ts'],
    },
    {
      name: 'accept-takes-another-body',
      file: `${ledger}/accept.lua`,
      find: "known == fields.bodyHash and 'known' or 'conflict'",
      replace: "'known'",
      protects: 'the same key with another wish is a conflict',
      tests: [`${ledgerTests}/ledger.test.ts`],
    },
    {
      name: 'batch-takes-another-body',
      file: `${ledger}/open-batch.lua`,
      find: "return known == ask.batch.bodyHash and 'known' or 'conflict'",
      replace: "return 'known'",
      protects: 'the same key with other rows is a conflict',
      tests: [`${ledgerTests}/ledger.test.ts`],
    },
    {
      name: 'edit-is-enqueued-before-it-is-promised',
      file: `${producer}/intake/accept-edit.ts`,
      find: '  onPromise(id)\n',
      replace: '  onPromise(id)\n  await enqueue(tools, [edit])\n',
      protects: 'what runs was promised in the bucket first',
      tests: [`${producerTests}/intake.test.ts`],
    },
    {
      name: 'batch-is-enqueued-before-it-is-promised',
      file: `${producer}/intake/accept-batch.ts`,
      find: '  onPromise(id)\n',
      replace: '  onPromise(id)\n  await ledger.openBatch(opening)\n  await takeRows(tools, id, edits)\n',
      protects: 'what runs of a batch was promised in the bucket first',
      tests: [`${producerTests}/intake.test.ts`],
    },
    {
      name: 'edit-is-promised-to-a-full-redis',
      file: `${producer}/intake/accept-edit.ts`,
      find: '[refuseWhenFull(tools, 1), ledger.takesWrites()]',
      replace: '[refuseWhenFull(tools, 1)]',
      protects: 'nothing is promised that the ledger cannot take now',
      tests: [`${producerTests}/intake.test.ts`],
    },
    {
      name: 'batch-is-promised-to-a-full-redis',
      file: `${producer}/intake/accept-batch.ts`,
      find: ', ledger.takesWrites()])',
      replace: '])',
      protects: 'no batch is promised that the ledger cannot take now',
      tests: [`${producerTests}/intake.test.ts`],
    },
    {
      name: 'batch-needs-room-for-one-row',
      file: `${producer}/intake/accept-batch.ts`,
      find: 'refuseWhenFull(tools, Math.min(read.total, marks.highMark))',
      replace: 'refuseWhenFull(tools, 1)',
      protects: 'a batch is taken only where as many of its rows have room as may be edits at a time',
      tests: [`${producerTests}/intake.test.ts`],
    },
    {
      name: 'producers-share-their-keys',
      file: `${shared}/ids.ts`,
      find: '`${producer}\\0${idempotencyKey}`',
      replace: 'idempotencyKey',
      protects: 'a key of one producer is not the key of another',
      tests: [`${shared}/ids.test.ts`],
    },
    {
      name: 'producer-and-key-run-together',
      file: `${shared}/ids.ts`,
      find: '`${producer}\\0${idempotencyKey}`',
      replace: 'producer + idempotencyKey',
      protects: 'no producer can spell the key of another',
      tests: [`${shared}/ids.test.ts`],
    },
    {
      name: 'digest-minds-the-order-of-fields',
      file: `${shared}/ids.ts`,
      find: 'Object.keys(fields).toSorted()',
      replace: 'Object.keys(fields)',
      protects: 'the same wish is the same, in whatever order its fields come',
      tests: [`${shared}/ids.test.ts`],
    },
    {
      name: 'intake-fills-redis',
      file: `${ledger}/room.ts`,
      find: 'shareForIntake = 0.9',
      replace: 'shareForIntake = 1',
      protects: 'a tenth of Redis stays free for what runs',
      tests: [`${ledger}/room.test.ts`],
    },
    {
      name: 'rows-with-one-key-are-taken',
      file: `${producer}/intake/rows.ts`,
      find: 'if (before === undefined)',
      replace: 'if (before !== fit.row)',
      protects: 'two images never share a key',
      tests: [`${producerTests}/intake.test.ts`],
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
