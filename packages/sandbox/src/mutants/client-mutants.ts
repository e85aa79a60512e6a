import type { Area, Listed } from './mutant.ts'

const client = 'packages/client/src'
const event = 'apps/producer/src/event'

export const clientMutants = {
  events: [
    {
      name: 'readers-who-take-nothing-stay',
      file: 'apps/producer/src/http/send-frames.ts',
      find: 'response.setTimeout(unsentMs)',
      replace: 'response.setTimeout(0)',
      protects: 'a reader who takes nothing holds no memory for as long as it likes',
      tests: ['packages/sandbox/test/producer/slow-readers.test.ts'],
    },
    {
      name: 'streams-hold-whole-pages',
      file: `${event}/sse-frames.ts`,
      find: 'if (held.length > 0 && bytes > heldBytes) break',
      replace: '',
      protects: 'a stream holds little for its reader',
      tests: [`${event}/sse-frames.test.ts`],
    },
    {
      name: 'events-that-broke-their-consumer-count-as-handled',
      file: `${client}/consume.ts`,
      find: 'tried.length > 0 && groups.giveBack(group, tried, options)',
      replace: 'tried.length > 0 && groups.ack(group, tried, options)',
      protects: 'whoever leaves within the handling of an event gives it back',
      tests: [`${client}/consume.test.ts`],
    },
    {
      name: 'handled-events-are-not-acknowledged',
      file: `${client}/consume.ts`,
      find: '...(done.length === 0 ? {} : { ack: done })',
      replace: '',
      protects: 'what was handled does not come again',
      tests: [`${client}/consume.test.ts`],
    },
    {
      name: 'neighbours-lose-an-attempt',
      file: `${client}/consume.ts`,
      find: '{ ...options, untried: true }',
      replace: 'options',
      protects: 'an event that breaks its consumer does not take its neighbours with it',
      tests: [`${client}/consume.test.ts`],
    },
  ],
  keys: [
    {
      name: 'old-webhooks-are-trusted',
      file: `${client}/verify-webhook.ts`,
      find: 'if (Math.abs(age) > toleranceSeconds)',
      replace: 'if (age < -toleranceSeconds)',
      protects: 'a webhook that somebody has kept is not trusted again',
      tests: [`${client}/verify-webhook.test.ts`],
    },
    {
      name: 'the-second-secret-is-not-tried',
      file: `${client}/verify-webhook.ts`,
      find: 'for (const secret of secrets) {',
      replace: 'for (const secret of secrets.slice(0, 1)) {',
      protects: 'a secret can be replaced without losing a webhook',
      tests: [`${client}/verify-webhook.test.ts`],
    },
    {
      name: 'calls-come-back-early',
      file: `${client}/retry.ts`,
      find: '|| asked > longestMs ? undefined',
      replace: '|| asked > Infinity ? undefined',
      protects:
        'a call is not repeated before the producer wants it, and nobody waits for an hour in silence',
      tests: [`${client}/retry.test.ts`],
    },
  ],
} satisfies Partial<Record<Area, readonly Listed[]>>
