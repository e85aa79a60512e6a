import type { Area, Listed } from './mutant.ts'

const tests = ['packages/sandbox/test/ledger/fair-share.test.ts'] as const
const ledger = 'packages/shared/src/ledger'

export const fairMutants = {
  admit: [
    {
      name: 'weights-count-for-nothing',
      file: `${ledger}/includes/backlog.lua`,
      find: 'images * imageCost / weight',
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
      find: "(to == 'queued' or to == 'running') then drop(edit, 'charged')",
      replace: "to == 'running' then drop(edit, 'charged')",
      protects: 'a producer gets back what it was charged once',
      tests,
    },
    {
      name: 'the-lead-grows-with-the-weight',
      file: `${ledger}/includes/pick.lua`,
      find: "costOf(redis.call('ZRANGE', key.backlog(model, 'interactive'), 0, 0)[1], lead)",
      replace: 'lead * imageCost',
      protects: 'an interactive producer is ahead of the others by twenty images at most',
      tests,
    },
    {
      name: 'tags-grow-for-ever',
      file: `${ledger}/includes/pick.lua`,
      find: 'if tagOf(model, fields.producer) > highestTag then',
      replace: 'if false then',
      protects: 'tags stay whole numbers that a double holds',
      tests,
    },
    {
      name: 'lowered-tags-stop-at-zero',
      file: `${ledger}/includes/pick.lua`,
      find: 'math.max(tag - highestTag, -highestTag)',
      replace: 'math.max(tag - highestTag, 0)',
      protects: 'lowered tags keep their order',
      tests,
    },
    {
      name: 'a-newcomer-stands-at-zero',
      file: `${ledger}/includes/backlog.lua`,
      find: 'producer) or -highestTag)',
      replace: 'producer) or 0)',
      protects: 'a new producer owes nothing after the tags were lowered',
      tests,
    },
    {
      name: 'clocks-stay-where-they-were',
      file: `${ledger}/includes/pick.lua`,
      find: 'int(lowered(virtualNow(model, clock)))',
      replace: 'int(virtualNow(model, clock))',
      protects: 'who comes back after the tags were lowered waits no longer than others',
      tests,
    },
    {
      name: 'priority-counts-for-nothing',
      file: `${ledger}/includes/backlog.lua`,
      find: '(9 - priority) * secondsOfPriority',
      replace: '(9 - 5) * secondsOfPriority',
      protects: 'a batch of a higher priority goes first',
      tests,
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
