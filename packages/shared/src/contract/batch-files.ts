import { z } from 'zod'
import { jsonOf } from './json-of.ts'

const key = z.string()

/**
 * What is in the bucket of a batch that has ended, beside its images. `pending`: it is being written. `stored`: everything
 * that is named here is there. Of results and reports in several parts the first is named, and all are in `list`.
 */
export const BatchFiles = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('pending') }),
    z.object({
      state: z.literal('stored'),
      list: key.describe('The key of a JSON object that names all of the files, with their digests'),
      csv: key,
      jsonl: key,
      xlsx: key,
      parts: z.int().describe('In how many files the results are in each format'),
      report: key.optional().describe('Absent where the batch has more rows than reports are made of'),
      pages: z.int().describe('In how many files the report is'),
    }),
  ])
  .meta({ id: 'BatchFiles' })
export type BatchFiles = z.infer<typeof BatchFiles>

/** The same as the ledger keeps it. */
export const FilesText = jsonOf(BatchFiles)

/** What the scripts write when a batch has ended. */
export const pendingFiles = JSON.stringify({ state: 'pending' } satisfies BatchFiles)

/** One file; `name` as people know it. */
export const BatchFile = z.object({
  name: z.string(),
  key: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  contentType: z.string(),
})
export type BatchFile = z.infer<typeof BatchFile>

/** The object that names all files of a batch, and what the batch had come to when they were written. */
export const FileList = z.object({
  v: z.literal(1),
  batch: z.string(),
  outcome: z.string(),
  results: z.object({ csv: z.array(BatchFile), jsonl: z.array(BatchFile), xlsx: z.array(BatchFile) }),
  report: z.array(BatchFile),
  /** The names of the catalog's own columns, as the tables have them. Absent in what older versions wrote. */
  columns: z.array(z.string()).exactOptional(),
})
export type FileList = z.infer<typeof FileList>
