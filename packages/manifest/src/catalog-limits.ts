/**
 * The most that a catalog may hold. Each is checked while it is read: a file of another kind never fills the memory. A
 * catalog as a whole may be of any size: its rows are not kept.
 */
export const catalogLimits = {
  lineCharacters: 2_000_000,
  recordBytes: 1_000_000,
  jsonLineCharacters: 1_000_000,
  columns: 1_000,
  fieldCharacters: 1_000_000,
  depth: 32,
  imageColumns: 9,
  faults: 1_000,
  fetchedBytes: 2_000_000_000,
  listedObjects: 2_000_000,
} as const

/** What each limit counts, in words for docs/catalogs.md. */
export const countedInCatalogs: Readonly<Record<keyof typeof catalogLimits, string>> = {
  lineCharacters: 'characters of a line of any file',
  recordBytes: 'bytes of a row of a table, which may have several lines within quotes',
  jsonLineCharacters: 'characters of a line of JSONL',
  columns: 'columns of a table, or fields of a line of JSONL',
  fieldCharacters: 'characters of the names of all fields together, each name counted once',
  depth: 'levels of nested lists and objects in JSONL',
  imageColumns: 'columns of pictures: `image` to `image9`',
  faults: 'errors, after which reading stops',
  fetchedBytes: 'bytes of a catalog in a bucket',
  listedObjects: 'objects of a folder in a bucket',
}
