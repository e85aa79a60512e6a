import type { Area, Listed } from './mutant.ts'

const tests = 'packages/sandbox/test'
const ledger = 'packages/shared/src/ledger'
const includes = `${ledger}/includes`
const caps = [`${tests}/ledger/caps.test.ts`]
const usage = [`${tests}/ledger/usage.test.ts`]

export const moneyMutants = {
  money: [
    {
      name: 'cap-forgets-what-is-reserved',
      file: `${includes}/budgets.lua`,
      find: 'if billed + reserved + cost <= micros then return nil end',
      replace: 'if billed + cost <= micros then return nil end',
      protects: 'what is reserved counts like what was billed',
      tests: caps,
    },
    {
      name: 'cap-is-exceeded-by-one-edit',
      file: `${includes}/budgets.lua`,
      find: 'if billed + reserved + cost <= micros then return nil end',
      replace: 'if billed + reserved < micros then return nil end',
      protects: 'no cap is exceeded by one micro',
      tests: caps,
    },
    {
      name: 'cap-of-another-currency-counts',
      file: `${includes}/budgets.lua`,
      find: 'local micros = cap[currency]\n',
      replace: 'local micros = cap[other]\n',
      protects: 'money of two currencies is never added up or compared',
      tests: usage,
    },
    {
      name: 'cap-of-the-day-is-not-asked',
      file: `${includes}/budgets.lua`,
      find: 'shortOf(caps.day, key.usage(producer, day)',
      replace: 'shortOf(nil, key.usage(producer, day)',
      protects: 'a day has a cap of its own',
      tests: caps,
    },
    {
      name: 'release-starts-nothing',
      file: `${includes}/enter-state.lua`,
      find: '  goOnWithReleased()\n',
      replace: '',
      protects: 'what had stopped goes on when enough is released',
      tests: caps,
    },
    {
      name: 'raised-cap-starts-nothing',
      file: `${ledger}/set-budget.lua`,
      find: 'local goes = goOnBatch(ask.batch, producer, true)',
      replace: 'local goes = false',
      protects: 'a raised budget lets its batch go on without anything ending first',
      tests: caps,
    },
    {
      name: 'money-counts-on-the-day-of-the-bill',
      file: `${includes}/money.lua`,
      find: 'local producer, day = fields.producer, fields.day',
      replace: 'local producer, day = fields.producer, (dayOf(fields.producer))',
      protects: 'a hold and its bill are of one day, that of the admission',
      tests: usage,
    },
    {
      name: 'restored-money-counts-twice',
      file: `${includes}/money.lua`,
      find: 'if recounts or fields.putBack then',
      replace: 'if false then',
      protects: 'what the bucket knew of a day is not counted once more when its edits come back',
      tests: [`${tests}/ledger/carry-usage.test.ts`],
    },
    {
      name: 'adopted-money-counts-twice',
      file: 'apps/worker/src/submit/record-outcome.ts',
      find: "{ putBack: '1' as const, day: intent.money.day }",
      replace: '{}',
      protects:
        'what Redis forgot and a worker admits again before it is rebuilt is counted once, for its day',
      tests: [`${tests}/hands/rebuild-money.test.ts`],
    },
    {
      name: 'older-settings-win',
      file: `${includes}/settings.lua`,
      find: 'if tonumber(found[1] or 0) >= settings.version then return false end',
      replace: '',
      protects: 'an older version of settings that comes late changes nothing',
      tests: [`${tests}/ledger/carry-usage.test.ts`],
    },
    {
      name: 'empty-redis-admits-without-caps',
      file: `${ledger}/accounts.ts`,
      find: '(await recall?.(producer)) ?? {}',
      replace: '({} as Partial<Recalled>)',
      protects: 'an empty Redis reads caps and usage before it admits anything',
      tests: [`${tests}/ledger/carry-usage.test.ts`],
    },
    {
      name: 'forecast-forgets-what-goes-before',
      file: 'packages/shared/src/forecast/purses.ts',
      find: 'paidBy(each.freeMicros - each.aheadMicros)',
      replace: 'paidBy(each.freeMicros)',
      protects: 'what waits already is paid before rows that would be enqueued',
      tests: ['packages/shared/src/forecast/purses.test.ts'],
    },
    {
      name: 'forecast-adds-up-currencies',
      file: 'packages/shared/src/forecast/purses.ts',
      find: 'price.currency === currency ? Math.max',
      replace: 'true ? Math.max',
      protects: 'what is left of one currency pays for nothing in another',
      tests: ['packages/shared/src/forecast/purses.test.ts'],
    },
    {
      name: 'a-schedule-forgets-its-budget',
      file: 'apps/producer/src/schedule/send-run.ts',
      find: '    ...(spec.budget === undefined ? {} : { budget: spec.budget }),\n',
      replace: '',
      protects: 'a run of a schedule costs no more than its budget',
      tests: [`${tests}/producer/schedules-keep.test.ts`],
      titled: 'budget',
    },
  ],
} satisfies Partial<Record<Area, Listed[]>>
