import type { Area, Listed } from './mutant.ts'

const tests = ['packages/sandbox/test/ledger/fair-share.test.ts'] as const
const tagTests = ['packages/sandbox/test/ledger/tags.test.ts'] as const
const priorityTests = ['packages/sandbox/test/ledger/priority.test.ts'] as const
const ledger = 'packages/shared/src/ledger'

export const fairMutants = {
  admit: [
    {
      name: 'weights-count-for-nothing',
      file: `${ledger}/includes/backlog.lua`,
      find: 'images * imageCost / producerFacts(producer).weight',
      replace: 'images * imageCost',
      protects: 'a producer of twice the weight gets twice the images',
      tests,
    },
    {
      name: 'a-share-is-given-back-by-images',
      file: `${ledger}/move.lua`,
      find: '-(edit.fields.charged or 0)',
      replace: '-1000000 * edit.fields.n',
      protects: 'a producer gets back exactly what it was charged, whatever it weighs by then',
      tests,
    },
    {
      name: 'a-share-is-given-back-twice',
      file: `${ledger}/includes/enter-state.lua`,
      find: "to == 'queued' then drop(edit, 'charged')",
      replace: "to == 'nothing' then drop(edit, 'charged')",
      protects: 'a producer gets back what it was charged once',
      tests,
    },
    {
      name: 'the-lead-grows-with-the-weight',
      file: `${ledger}/includes/pick.lua`,
      find: 'standard + costOf(producer, lead)',
      replace: 'standard + lead * imageCost',
      protects: 'an interactive producer is ahead of the others by twenty images at most',
      tests,
    },
    {
      name: 'tags-grow-for-ever',
      file: `${ledger}/includes/pick.lua`,
      find: 'if charge(model, fields.producer, cost, tag, waiting) > highestTag then',
      replace: 'if charge(model, fields.producer, cost, waiting) < -1e300 then',
      protects: 'tags stay whole numbers that a double holds',
      tests: tagTests,
    },
    {
      name: 'lowered-tags-stop-at-zero',
      file: `${ledger}/includes/pick.lua`,
      find: 'math.max(tag - highestTag, -highestTag)',
      replace: 'math.max(tag - highestTag, 0)',
      protects: 'lowered tags keep their order',
      tests: tagTests,
    },
    {
      name: 'a-newcomer-stands-at-zero',
      file: `${ledger}/includes/backlog.lua`,
      find: 'producer) or -highestTag)',
      replace: 'producer) or 0)',
      protects: 'a new producer owes nothing after the tags were lowered',
      tests: tagTests,
    },
    {
      name: 'clocks-stay-where-they-were',
      file: `${ledger}/includes/pick.lua`,
      find: 'setFair(model, clock, lowered(fairOf(model)[clock]))',
      replace: '',
      protects: 'who comes back after the tags were lowered waits no longer than others',
      tests: tagTests,
    },
    {
      name: 'priority-counts-for-nothing',
      file: `${ledger}/includes/backlog.lua`,
      find: '(9 - priority) * secondsOfPriority',
      replace: '(9 - 5) * secondsOfPriority',
      protects: 'a batch of a higher priority goes first',
      tests: priorityTests,
    },
    {
      name: 'a-new-priority-moves-nothing',
      file: `${ledger}/set-priority.lua`,
      find: "if redis.call('ZADD', group, 'XX', 'CH', order, id) == 1 then",
      replace: 'if false then',
      protects: 'a changed priority counts for what waits already',
      tests: priorityTests,
    },
    {
      name: 'a-new-priority-forgets-who-waits-aside',
      file: `${ledger}/set-priority.lua`,
      find: "redis.call('HSET', name, 'order', order)",
      replace: '',
      protects: 'an edit that waits for a time comes back to its new place',
      tests: priorityTests,
    },
    {
      name: 'a-new-priority-moves-a-part',
      file: `${ledger}/batches.ts`,
      find: "if (next === '0') return true",
      replace: 'if (next) return true',
      protects: 'a changed priority moves all edits of the batch',
      tests: priorityTests,
    },
    {
      name: 'a-new-priority-forgets-what-rests',
      file: `${ledger}/set-priority.lua`,
      find: 'joinResting(batch, model, class, producer)\n',
      replace: '\n',
      protects: 'resting rows of a higher priority are fed first',
      tests: priorityTests,
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
