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
      find: 'if tag > highestTag then',
      replace: 'if tag < 0 then',
      protects: 'tags stay whole numbers that a double holds',
      tests,
    },
    {
      name: 'tags-are-lowered-to-the-highest',
      file: `${ledger}/includes/pick.lua`,
      find: 'base = math.min(base, headOf(model, class) or base)',
      replace: 'base = math.max(base, headOf(model, class) or base)',
      protects: 'lowered tags keep their order',
      tests,
    },
    {
      name: 'clocks-stay-where-they-were',
      file: `${ledger}/includes/pick.lua`,
      find: 'virtualNow(model, clock) - base',
      replace: 'virtualNow(model, clock)',
      protects: 'who comes back after the tags were lowered waits no longer than others',
      tests,
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
