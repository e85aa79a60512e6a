import type { Area, Listed } from './mutant.ts'

const ledger = 'packages/shared/src/ledger'
const list = 'apps/producer/src/list'
const files = 'apps/worker/src/files'
const result = 'apps/producer/src/result'
const tests = 'packages/sandbox/test'
const lists = `${tests}/producer/lists.test.ts`
const exported = `${tests}/producer/exports.test.ts`
const again = `${tests}/hands/files-again.test.ts`
const ended = `${tests}/hands/files.test.ts`
const download = 'apps/cli/src/download.test.ts'
const tables = 'packages/results/src/results-files.test.ts'

/** Lists, results, images and reports. */
export const resultsMutants = {
  results: [
    {
      name: 'export-has-all-verdicts',
      file: `${result}/export-pieces.ts`,
      find: 'readResults(batch, from, atOnce, asked, tools)',
      replace: 'readResults(batch, from, atOnce, { ...asked, verdict: undefined }, tools)',
      protects: 'a file of what was approved has nothing else',
      tests: [exported],
      titled: 'has those that were approved',
    },
    {
      name: 'export-loses-unreadable-rows',
      file: `${result}/export-pieces.ts`,
      find: 'for (const outcome of outcomes) {',
      replace: "for (const outcome of outcomes) {\n      if (outcome.kind === 'unreadable') continue",
      protects: 'every row is in the file once',
      tests: [exported],
      titled: 'is byte for byte the table',
    },
    {
      name: 'export-keeps-its-place',
      file: `${result}/export-results.ts`,
      find: '    leavePlace()\n',
      replace: '',
      protects: 'readers that left hinder no other',
      tests: [exported],
      titled: 'waits for its reader',
    },
    {
      name: 'export-begins-late',
      file: `${result}/export-pieces.ts`,
      find: '      yield table.begins\n      const names = await columnNames(batch, tools, gone)\n',
      replace: '      const names = await columnNames(batch, tools, gone)\n      yield table.begins\n',
      protects: 'a reader sees that a file begins, however many rows it has',
      tests: [exported],
      titled: 'begins before the names',
    },
    {
      name: 'export-names-columns-for-nobody',
      file: `${result}/export-pieces.ts`,
      find: '    if (gone.aborted) return undefined\n',
      replace: '',
      protects: 'a file that nobody takes is read no further',
      tests: [exported],
      titled: 'reads nothing more once its readers',
    },
    {
      name: 'packed-text-is-held-back',
      file: 'apps/producer/src/http/packing.ts',
      find: ', flush: constants.Z_SYNC_FLUSH',
      replace: '',
      protects: 'what was written of a packed file reaches its reader',
      tests: ['apps/producer/src/http/packing.test.ts'],
    },
    {
      name: 'export-ends-whole-where-it-broke-off',
      file: 'apps/producer/src/http/send-frames.ts',
      find: '    if (!response.writableFinished) response.destroy()',
      replace: '    if (!response.writableFinished) response.end()',
      protects: 'a file that broke off is a download that failed',
      tests: [exported],
      titled: 'is cut where it cannot go on',
    },
    {
      name: 'list-loses-ties',
      file: `${ledger}/list-made.lua`,
      find: 'if id < before.id then high = middle else low = middle + 1 end',
      replace: 'low = high',
      protects: 'what was made in one millisecond is in a list, each once',
      tests: [lists],
    },
    {
      name: 'cursor-opens-another-producers-batch',
      file: `${list}/list-edits.ts`,
      find: "record.kind !== 'batch' || record.batch.producer !== producer",
      replace: "record.kind !== 'batch'",
      protects: 'a cursor that somebody made up shows nothing of others',
      tests: [lists],
    },
    {
      name: 'files-are-told-twice',
      file: `${ledger}/tell-files.lua`,
      find: "if found[4] == ask.files then return 'known' end",
      replace: '',
      protects: 'a producer is told once of the files of an end',
      tests: [again],
    },
    {
      name: 'files-are-told-before-they-exist',
      file: `${ledger}/includes/tell.lua`,
      find: 'fact.pendingFiles',
      replace: `'{"state":"stored","list":"l","csv":"c","jsonl":"j","xlsx":"x","parts":1,"pages":0}'`,
      protects: 'keys that are told exist',
      tests: [ended],
    },
    {
      name: 'files-of-a-retried-batch-are-told',
      file: `${files}/file-batch.ts`,
      find: "if ((await endedBatch(id, number, tools)) === undefined) return 'stale'",
      replace: '',
      protects: 'files are of the last end of a batch',
      tests: [again],
    },
    {
      name: 'list-of-another-outcome-is-taken',
      file: `${files}/file-batch.ts`,
      find: ' && read.data.outcome === outcomeOf(batch)',
      replace: '',
      protects: 'files that are told are of what the batch came to',
      tests: [again],
    },
    {
      name: 'poisoned-batch-stops-the-others',
      file: `${files}/files-duty.ts`,
      find: 'await ledger.settleFiling(turn.filing(), { afterMs, againMs })',
      replace: 'throw error',
      protects: 'one batch whose files cannot be written keeps no other waiting',
      tests: [again],
    },
    {
      name: 'whole-image-is-appended-to-a-part',
      file: 'apps/cli/src/download-image.ts',
      find: "opened.from === 0 ? 'w' : 'a'",
      replace: "'a'",
      protects: 'a store that sends all of an image begins it anew',
      tests: [download],
    },
    {
      name: 'damaged-image-is-kept',
      file: 'apps/cli/src/download-image.ts',
      find: 'if ((await digestOf(part)) === sha256) return undefined',
      replace: 'return undefined',
      protects: 'an image that was fetched has the bytes that were stored',
      tests: [download],
    },
    {
      name: 'cell-of-a-workbook-is-too-long',
      file: 'packages/results/src/xlsx.ts',
      find: 'whole.length > mostOfCell',
      replace: 'false',
      protects: 'a workbook opens, whatever a prompt holds',
      tests: [tables],
    },
  ],
} satisfies Partial<Record<Area, readonly Listed[]>>
