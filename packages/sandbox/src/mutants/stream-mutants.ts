import type { Area, Listed } from './mutant.ts'

const producerTests = 'packages/sandbox/test/producer'
const intake = 'apps/producer/src/intake'
const body = 'apps/producer/src/batch'
const ledger = 'packages/shared/src/ledger'
const client = 'packages/client/src'
const cli = 'apps/cli/src'

const rows = [`${producerTests}/rows.test.ts`]
const skipped = [`${producerTests}/rows-skipped.test.ts`]
const bodies = [`${producerTests}/rows-bodies.test.ts`]
const streamed = [`${client}/stream-rows.test.ts`]

export const streamMutants = {
  stream: [
    {
      name: 'keys-of-earlier-chunks-are-forgotten',
      file: `${intake}/batch-keys.ts`,
      find: 'return row !== undefined && row < first ? row : undefined',
      replace: 'return undefined',
      protects: 'no two rows of a batch write their images to one place, whichever chunks they come in',
      tests: rows,
    },
    {
      name: 'keys-that-others-took-are-not-read',
      file: `${intake}/batch-keys.ts`,
      find: 'while (known.through < to) {',
      replace: 'while (false as boolean) {',
      protects: 'a process reads the keys of chunks that another has taken, or it before its restart',
      tests: rows,
    },
    {
      name: 'a-row-is-a-repeat-of-itself',
      file: `${intake}/batch-keys.ts`,
      find: 'row < first ? row',
      replace: 'row <= first ? row',
      protects: 'a chunk is compared with the rows before it, not with itself',
      tests: [`${intake}/batch-keys.test.ts`],
    },
    {
      name: 'a-repeat-is-checked-again',
      file: `${intake}/append-rows.ts`,
      find: 'if (known !== undefined) return known\n  if (faulty',
      replace: 'if (faulty',
      protects: 'rows that the bucket has are taken, even if they would be refused now',
      tests: rows,
    },
    {
      name: 'another-chunk-passes-for-a-repeat',
      file: `${intake}/append-rows.ts`,
      find: 'stored.every(({ bodyHash }, i) => bodyHash === decision.rows[i]?.bodyHash)',
      replace: 'true',
      protects: 'other rows under a number that was used are a conflict',
      tests: rows,
    },
    {
      name: 'rows-are-written-over-a-gap',
      file: `${intake}/append-rows.ts`,
      find: "if (first > next) return { kind: 'gap', next }",
      replace: '',
      protects: 'the bucket has no chunk without those before it',
      tests: rows,
    },
    {
      name: 'rows-are-written-after-the-close',
      file: `${intake}/append-rows.ts`,
      find: 'if (first < next || over !== undefined) {',
      replace: 'if (first < next) {',
      protects: 'a closed batch gets no chunk in the bucket',
      tests: rows,
    },
    {
      name: 'a-repeat-leaves-out-other-rows',
      file: `${intake}/append-rows.ts`,
      find: 'if (remembered !== undefined) return decisionOf(chunk, remembered, asked.traceparent)',
      replace: '',
      protects: 'what was left out stays so when the same comes again',
      tests: skipped,
    },
    {
      name: 'skipping-takes-what-was-not-looked-up',
      file: `${intake}/chunk-lines.ts`,
      find: 'if (facts.missing.size < limits.missingSources) return []',
      replace: 'return []',
      protects: 'a row is not taken whose pictures nobody has seen',
      tests: skipped,
    },
    {
      name: 'rows-that-are-left-out-leave-gaps',
      file: `${intake}/chunk-lines.ts`,
      find: 'row: first + rows.length',
      replace: 'row: first + place',
      protects: 'the rows of a batch follow one another',
      tests: skipped,
    },
    {
      name: 'an-opening-forgets-what-its-rows-are',
      file: `${intake}/open-batch.ts`,
      find: 'bodyHash: digestOf({ name, priority, open: true, held, rowsDigest }),',
      replace: 'bodyHash: digestOf({ name, priority, open: true, held }),',
      protects: 'another catalog under the same key is refused before its first row',
      tests: [`${producerTests}/openings.test.ts`],
    },
    {
      name: 'held-rows-go-at-once',
      file: `${ledger}/includes/resting.lua`,
      find: ' or (found[5] and not found[6])',
      replace: '',
      protects: 'the rows of a held batch wait for its close',
      tests: rows,
    },
    {
      name: 'held-rows-wait-for-ever',
      file: `${ledger}/close-batch.lua`,
      find: '    joinResting(ask.batch, model, class, producer)\n',
      replace: '',
      protects: 'the close lets held rows go',
      tests: rows,
    },
    {
      name: 'a-line-may-have-any-length',
      file: `${body}/lines.ts`,
      find: "if (size > bytes.length || to - from > lineBytes) return { kind: 'too-long' }",
      replace: '',
      protects: 'a line that is too long is told, and not cut',
      tests: [`${body}/lines.test.ts`],
    },
    {
      name: 'a-body-of-rows-has-no-end',
      file: `${body}/lines.ts`,
      find: 'if (received > bounds.bytes) throw bounds.tooLarge()',
      replace: '',
      protects: 'no more than a chunk is read',
      tests: [`${body}/lines.test.ts`],
    },
    {
      name: 'rows-may-be-too-deep',
      file: `${body}/read-rows.ts`,
      find: 'if (isTooDeep(bytes))',
      replace: 'if (false as boolean)',
      protects: 'nested lists are refused before they are parsed',
      tests: bodies,
    },
    {
      name: 'a-stream-skips-without-a-look',
      file: `${client}/stream-rows.ts`,
      find: 'if (last !== undefined && next === known + 1) await put(opened.id, last.first, last)',
      replace: '',
      protects: 'where a cut run goes on, the last chunk of before is compared',
      tests: streamed,
    },
    {
      name: 'a-stream-that-skips-goes-on-by-count',
      file: `${client}/stream-rows.ts`,
      find: "onFault === 'skip' ? 0 : knownRows(opened)",
      replace: 'knownRows(opened)',
      protects: 'where rows were left out only the producer knows how many lines it has',
      tests: streamed,
    },
    {
      name: 'a-catalog-may-change-on-the-way',
      file: 'packages/manifest/src/plan-edits.ts',
      find: 'if (digest.close() !== known) throw changed()',
      replace: '',
      protects: 'what is closed is what was checked',
      tests: [`${cli}/run-streamed.test.ts`],
      titled: 'changes while it is sent',
    },
    {
      name: 'a-key-may-come-twice-in-a-catalog',
      file: 'packages/manifest/src/plan-edits.ts',
      find: 'for await (const checked of read(keyOf)) {',
      replace: 'for await (const checked of read(sameKeyOf)) {',
      protects: 'a key that is given twice is found before anything is sent',
      tests: [`${cli}/run-streamed.test.ts`],
      titled: 'however late it comes',
    },
  ],
} as const satisfies Partial<Record<Area, readonly Listed[]>>
