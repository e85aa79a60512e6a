import type { Area, Listed } from './mutant.ts'

const http = 'apps/producer/src/http'
const producerTests = 'packages/sandbox/test/producer'

export const answerMutants = {
  results: [
    {
      name: 'cursors-of-other-lists-are-taken',
      file: `${http}/page.ts`,
      find: 'if (space === list.length && text.slice(0, space) !== list)',
      replace: 'if (false)',
      protects: 'a cursor of another list or filter is refused',
      tests: [`${http}/page.test.ts`],
    },
    {
      name: 'runs-of-one-instant-are-left-out',
      file: 'packages/shared/src/ledger/schedules.ts',
      find: '[...tied.filter((id) => id < after), ...rest]',
      replace: 'rest',
      protects: 'pages have every run of one instant',
      tests: [`${producerTests}/pages.test.ts`],
    },
    {
      name: 'signed-sources-are-shown',
      file: 'packages/shared/src/contract/asked.ts',
      find: 'address.search(/[?#]/)',
      replace: '-1',
      protects: 'nobody who reads an edit sees the signature of a source',
      tests: ['packages/shared/src/contract/asked.test.ts'],
    },
    {
      name: 'images-are-held-without-bound',
      file: 'apps/producer/src/result/image-routes.ts',
      find: "if (typeof leave === 'string')",
      replace: "if (typeof leave === 'string') return Buffer.alloc(0)\n  if (typeof leave === 'string')",
      protects: 'slow readers of images hold a bounded memory',
      tests: [`${producerTests}/images.test.ts`],
    },
    {
      name: 'refusals-of-images-are-kept-for-ever',
      file: 'apps/producer/src/result/image-routes.ts',
      find: '  // a refusal must not be kept for ever: the headers come last\n',
      replace: '  void reply.headers(kept)\n',
      protects: 'no cache keeps a refusal in the place of an image',
      tests: [`${producerTests}/images.test.ts`],
    },
  ],
  http: [
    {
      name: 'stale-tags-change-things',
      file: `${http}/conditions.ts`,
      find: "!tags.some((tag) => tag.split('.', 1)[0] === digest(settings))",
      replace: 'tags.length === 0',
      protects: 'nothing is changed that the caller knows otherwise',
      tests: [`${http}/conditions.test.ts`],
    },
    {
      name: 'schedules-are-set-by-two',
      file: 'apps/producer/src/schedule/set-schedule.ts',
      find: '    check(read === undefined ? undefined : settingsOf(read.schedule))\n',
      replace: '',
      protects: 'of two who know the same tag one sets the schedule',
      tests: [`${producerTests}/conditions.test.ts`],
    },
    {
      name: 'quoted-keys-are-others',
      file: `${http}/intake-headers.ts`,
      find: "key.startsWith('\"') ?",
      replace: 'key.length < 0 ?',
      protects: 'a key in quotes is the key without them',
      tests: [`${producerTests}/edits.test.ts`],
    },
    {
      name: 'a-key-runs-twice',
      file: `${http}/one-at-a-time.ts`,
      find: 'running.set(name, began)',
      replace: '',
      protects: 'the same request is not carried out twice at the same time',
      tests: [`${http}/one-at-a-time.test.ts`],
    },
    {
      name: 'a-failed-request-keeps-its-key',
      file: `${http}/one-at-a-time.ts`,
      find: 'if (running.get(name) === began) running.delete(name)',
      replace: '',
      protects: 'a request that failed can be sent again',
      tests: [`${http}/one-at-a-time.test.ts`],
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
