import type { Area, Listed } from './mutant.ts'

const ledgerTests = 'packages/sandbox/test/ledger'
const producerTests = 'packages/sandbox/test/producer'
const ledger = 'packages/shared/src/ledger'
const producer = 'apps/producer/src'
const shared = 'packages/shared/src'

export const producerMutants = {
  events: [
    {
      name: 'events-are-trimmed-unread',
      file: `${shared}/event/event-stream.ts`,
      find: '[...oldest, `${at}-0`].toSorted',
      replace: '[`${at}-0`].toSorted',
      protects: 'no event goes that a group has not acknowledged',
      tests: [`${ledgerTests}/events.test.ts`],
    },
    {
      name: 'trim-leaves-out-the-pending',
      file: `${shared}/event/event-stream.ts`,
      find: "pending[1] ?? facts['last-delivered-id']",
      replace: "facts['last-delivered-id']",
      protects: 'what a consumer took and did not acknowledge stays',
      tests: [`${ledgerTests}/events.test.ts`],
    },
    {
      name: 'pages-repeat-the-last-event',
      file: `${shared}/event/event-stream.ts`,
      find: 'const entries = await redis.xrange(key, `(${cursor}`',
      replace: 'const entries = await redis.xrange(key, cursor',
      protects: 'a page begins after its cursor',
      tests: [`${ledgerTests}/events.test.ts`],
    },
    {
      name: 'groups-begin-with-what-is-new',
      file: `${shared}/event/event-stream.ts`,
      find: "key, name, '0', 'MKSTREAM'",
      replace: "key, name, '$', 'MKSTREAM'",
      protects: 'a new group hears of what was before it',
      tests: [`${ledgerTests}/events.test.ts`],
    },
    {
      name: 'groups-leave-what-others-took',
      file: `${shared}/event/event-stream.ts`,
      find: 'if (leftEvents.length > 0) return leftEvents',
      replace: '',
      protects: 'what a consumer left is taken over',
      tests: [`${ledgerTests}/events.test.ts`],
    },
    {
      name: 'one-event-hides-the-others',
      file: `${shared}/event/event-stream.ts`,
      find: '      return []\n    }\n  })\n  return',
      replace: '      throw error\n    }\n  })\n  return',
      protects: 'an event that cannot be read hides none of the others',
      tests: [`${ledgerTests}/events.test.ts`],
    },
    {
      name: 'cursors-are-compared-by-their-first-number',
      file: `${shared}/event/cursor.ts`,
      find: 'leftMs - rightMs || leftNo - rightNo',
      replace: 'leftMs - rightMs',
      protects: 'events of one millisecond have an order',
      tests: [`${shared}/event/cursor.test.ts`],
    },
    {
      name: 'cursors-are-compared-as-text',
      file: `${shared}/event/cursor.ts`,
      find: 'leftMs - rightMs || leftNo - rightNo',
      replace: '(left < right ? -1 : 1)',
      protects: 'the ninth event comes before the tenth',
      tests: [`${shared}/event/cursor.test.ts`],
    },
    {
      name: 'batches-end-twice',
      file: `${ledger}/includes/tell.lua`,
      find: 'if not total or completedAt or',
      replace: 'if not total or',
      protects: 'the end of a batch is told once',
      tests: [`${ledgerTests}/move.test.ts`],
    },
    {
      name: 'batches-end-early',
      file: `${ledger}/includes/tell.lua`,
      find: 'ended < tonumber(total)',
      replace: 'ended + 1 < tonumber(total)',
      protects: 'a batch has ended when its last row has',
      tests: [`${ledgerTests}/move.test.ts`],
    },
    {
      name: 'held-edits-are-told-once',
      file: `${ledger}/includes/tell.lua`,
      find: "'held-' .. fields.attempt",
      replace: "'held'",
      protects: 'an edit that is held again is told again',
      tests: [`${ledgerTests}/events.test.ts`],
    },
    {
      name: 'followers-hear-of-the-latest-only',
      file: `${producer}/event/followers.ts`,
      find: 'compareCursors(cursor, held) < 0',
      replace: 'compareCursors(cursor, held) > 0',
      protects: 'whoever is behind hears at once that there is more',
      tests: [`${producerTests}/followers.test.ts`],
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
