import type { Area, Listed } from './mutant.ts'

const http = 'apps/producer/src/http'
const producerTests = 'packages/sandbox/test/producer'

export const httpMutants = {
  http: [
    {
      name: 'callers-write-into-the-log',
      file: `${http}/request-id.ts`,
      find: "typeof asked === 'string' && wellFormed.test(asked)",
      replace: "typeof asked === 'string'",
      protects: 'a request id is short and of safe characters',
      tests: [`${producerTests}/every-answer.test.ts`],
    },
    {
      name: 'streams-lose-their-headers',
      file: `${http}/take-over.ts`,
      find: 'if (value !== undefined) reply.raw.setHeader(name, value)',
      replace: 'void [name, value]',
      protects: 'a stream has the request id, and a browser may read it',
      tests: [`${producerTests}/from-a-browser.test.ts`],
    },
    {
      name: 'heads-read-to-the-end',
      file: `${http}/open-server.ts`,
      find: 'payload.destroy()',
      replace: 'payload.resume()',
      protects: 'nothing is read for nobody',
      tests: [`${http}/open-server.test.ts`],
    },
    {
      name: 'packed-bodies-are-read',
      file: `${http}/refuse-early.ts`,
      find: "encoding !== undefined && encoding !== 'identity'",
      replace: "encoding === 'x'",
      protects: 'a packed body is refused by its name',
      tests: [`${producerTests}/every-answer.test.ts`],
    },
    {
      name: 'a-slash-at-the-end-is-an-empty-id',
      file: `${http}/refuse-early.ts`,
      find: 'return length > 1 && url.charCodeAt(length - 1) === slash',
      replace: 'return length < 0',
      protects: 'an empty id does not mean the list',
      tests: [`${producerTests}/every-answer.test.ts`],
    },
    {
      name: 'a-share-is-handed-out-that-is-not-there',
      file: `${http}/request-rate.ts`,
      find: 'Math.min(want, limit - (used - want))',
      replace: 'want',
      protects: 'processes together let through no more than the limit',
      tests: [`${http}/request-rate.test.ts`],
    },
    {
      name: 'redis-that-comes-and-goes-gives-more',
      file: `${http}/request-rate.ts`,
      find: 'held !== undefined && held.until > now()',
      replace: 'false',
      protects: 'a process without Redis counts one minute, however often Redis comes and goes',
      tests: [`${http}/request-rate.test.ts`],
    },
    {
      name: 'bad-keys-hold-good-ones-back',
      file: `${http}/bad-keys.ts`,
      find: ' || worked.has(keyId)',
      replace: '',
      protects: 'a key that was live is not held back for what others send from its address',
      tests: [`${http}/bad-keys.test.ts`],
    },
    {
      name: 'refused-forms-are-sent-all-the-same',
      file: `${http}/acceptable.ts`,
      find: '.some(({ isRefused }) => !isRefused)',
      replace: '.some(() => true)',
      protects: 'a form that a caller refuses by q=0 is not sent to it',
      tests: [`${http}/acceptable.test.ts`],
    },
  ],
} satisfies Partial<Record<Area, readonly Listed[]>>
