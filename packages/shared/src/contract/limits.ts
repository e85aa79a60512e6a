const KiB = 1024
const MiB = 1024 * KiB

/** The most that one request may hold, and that one producer may hold open. All are checked before the costly part. */
export const limits = {
  bodyBytes: 256 * KiB,
  resolutionBytes: 4 * KiB,
  batchBodyBytes: 64 * MiB,
  sourceBytes: 20 * MiB,
  chunkBytes: 8 * MiB,
  rows: 100_000,
  chunkRows: 1_000,
  streamedRows: 1_000_000,
  rowBytes: 256 * KiB,
  depth: 8,
  fields: 32,
  batchName: 200,
  model: 64,
  prompt: 10_000,
  size: 20,
  images: 16,
  address: 4096,
  key: 200,
  metadataEntries: 50,
  metadataName: 64,
  metadataValue: 512,
  metadataBytes: 16 * KiB,
  columns: 100,
  columnName: 64,
  columnValue: 2_000,
  columnsBytes: 16 * KiB,
  fingerprint: 64,
  missingSources: 100,
  sourceLookUps: 20_000,
  faults: 100,
  followers: 500,
  followersEach: 50,
  heldBytes: 512 * MiB,
  heldBytesEach: 128 * MiB,
} as const

/** What each limit counts, in words for the OpenAPI document. Lengths of texts are in UTF-16 code units. */
const counted: Readonly<Record<keyof typeof limits, string>> = {
  bodyBytes: 'bytes of a JSON body, where nothing else is said',
  resolutionBytes: 'bytes of the decision about a held edit',
  batchBodyBytes: 'bytes of the body of a batch',
  sourceBytes: 'bytes of an uploaded picture',
  chunkBytes: 'bytes of a chunk of rows, sent to an open batch',
  rows: 'edits of a batch that is sent in one request',
  chunkRows: 'edits of a chunk of rows',
  streamedRows: 'edits of a batch whose rows are sent in chunks',
  rowBytes: 'bytes of one edit of a batch',
  depth: 'levels of lists and objects in one another',
  fields: 'fields of an edit',
  batchName: 'characters of the name of a batch',
  model: 'characters of `model`',
  prompt: 'characters of `prompt` or `negativePrompt`; each model takes fewer',
  size: 'characters of `size`',
  images: 'addresses in `images`; each model takes fewer',
  address: 'characters of an address',
  key: 'characters of `key`',
  metadataEntries: 'entries of `metadata`',
  metadataName: 'characters of a name in `metadata`',
  metadataValue: 'characters of a value in `metadata`',
  metadataBytes: 'bytes of all names and values in `metadata` together',
  columns: 'entries of `columns`',
  columnName: 'characters of a name in `columns`',
  columnValue: 'characters of a value in `columns`',
  columnsBytes: 'bytes of all names and values in `columns` together',
  fingerprint: 'characters of `fingerprint`',
  missingSources: 'pictures of a request that were not uploaded, after which no more are looked up',
  sourceLookUps: 'pictures that are looked up in the bucket for one request',
  faults: 'faults that a refusal lists',
  followers: 'streams and waits for events, of all producers together',
  followersEach: 'streams and waits for events of one producer',
  heldBytes: 'bytes of bodies over 1 MiB that are read at once, of all producers together',
  heldBytesEach: 'bytes of bodies over 1 MiB that are read at once, of one producer',
}

/** The limits as lines of Markdown. */
export const limitsText = (): string =>
  Object.entries(counted)
    .map(([name, what]) => `- ${limits[name as keyof typeof limits].toLocaleString('en')} ${what}`)
    .join('\n')
