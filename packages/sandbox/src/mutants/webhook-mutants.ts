import type { Area, Listed } from './mutant.ts'

const ledger = 'packages/shared/src/ledger'
const deliver = 'apps/worker/src/deliver'
const inLedger = ['packages/sandbox/test/ledger/webhooks.test.ts']
const delivered = ['packages/sandbox/test/webhook/deliveries.test.ts']
const inTrouble = ['packages/sandbox/test/webhook/an-endpoint-is-in-trouble.test.ts']

/** Events that an endpoint gets never, with another signature, out of order, or to the harm of others. */
export const webhookMutants = {
  events: [
    {
      name: 'a-round-is-recorded-too-late',
      file: `${ledger}/settle-webhook.lua`,
      find: 'if turn ~= ask.turn then',
      replace: 'if false then',
      protects: 'a worker that came too late undoes nothing that another has recorded',
      tests: inLedger,
      titled: 'too late',
    },
    {
      name: 'a-success-is-no-new-beginning',
      file: `${ledger}/settle-webhook.lua`,
      find: 'if successes > 0 then',
      replace: 'if false then',
      protects: 'an endpoint that answers in between is not disabled',
      tests: inLedger,
      titled: 'a success begins anew',
    },
    {
      name: 'one-failure-disables',
      file: `${ledger}/settle-webhook.lua`,
      find: 'now - since >= ask.disableAfterMs',
      replace: 'now >= since',
      protects: 'an endpoint has three days to come back',
      tests: inLedger,
      titled: 'and not before',
    },
    {
      name: 'what-was-skipped-is-forgotten',
      file: `${ledger}/save-webhook.lua`,
      find: 'if isAfter(last, after) then',
      replace: 'if false then',
      protects: 'what passed while an endpoint was disabled can be replayed',
      tests: inLedger,
      titled: 'passed while it was disabled',
    },
    {
      name: 'a-gap-is-told-where-there-is-none',
      file: `${ledger}/take-webhook.lua`,
      find: 'if read and gone <= read then return nil end',
      replace: '',
      protects: 'a gap is told exactly where events are missing',
      tests: inLedger,
      titled: 'misses nothing',
    },
    {
      name: 'a-webhook-rests-beside-a-new-event',
      file: `${ledger}/rest-webhook.lua`,
      find: 'if isNew and not ask.full then at = now end',
      replace: '',
      protects: 'an event that came at the last moment is sent at once',
      tests: inLedger,
      titled: 'rests until',
    },
    {
      name: 'every-attempt-has-the-time-of-its-event',
      file: `${deliver}/deliver-round.ts`,
      find: 'const at = tools.now()',
      replace: 'const at = 0',
      protects: 'a receiver that refuses old signatures takes the last attempt, too',
      tests: delivered,
      titled: 'a time of their own',
    },
    {
      name: 'two-events-of-one-edit-go-together',
      file: `${deliver}/plan-round.ts`,
      find: 'if (subjects.has(item.event.subject)) return false',
      replace: '',
      protects: 'events of one edit come in their order',
      tests: delivered,
      titled: 'in their order',
    },
    {
      name: 'a-slow-endpoint-keeps-its-place',
      file: `${deliver}/deliver-hand.ts`,
      find: 'await Promise.race([ended.catch(() => {}), sleep(graceMs, over.signal)])',
      replace: 'await ended.catch(() => {})',
      protects: 'endpoints that hang delay no other',
      tests: inTrouble,
      titled: 'keeps no other',
    },
    {
      name: 'retries-grow-without-end',
      file: `${deliver}/deliver-round.ts`,
      find: 'waiting >= limits.webhookRetries',
      replace: 'waiting < 0',
      protects: 'what a dead endpoint costs in Redis is bounded',
      tests: inTrouble,
      titled: 'too many wait',
    },
    {
      name: 'an-inner-address-is-taken-by-patch',
      file: 'apps/producer/src/webhook/webhook-routes.ts',
      find: 'if (body.url !== undefined) await refuseUnfit(body.url, tools)',
      replace: '',
      protects: 'no endpoint is set to an inner address afterwards',
      tests: ['packages/sandbox/test/producer/webhooks.test.ts'],
      titled: 'refuse the address',
    },
    {
      name: 'a-mapped-address-is-taken',
      file: 'packages/shared/src/webhook/endpoint-address.ts',
      find: 'found.some((each) => !isPublicAddress(each) && !allow(each, port))',
      replace: 'found.length === 0',
      protects: 'no event is sent into the network that we run in',
      tests: ['packages/shared/src/webhook/endpoint-address.test.ts'],
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
