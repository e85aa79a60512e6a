const MiB = 1024 * 1024

/** The most that is unpacked of a workbook. A file of half a megabyte can hold half a gigabyte. */
export const workbookLimits = {
  parts: 10_000,
  /** Of a sheet. */
  sheetBytes: 2048 * MiB,
  /** Of every other part; the shared texts are kept in memory. */
  partBytes: 64 * MiB,
  /** A part above `freeBytes` may be that many times larger than it is packed. */
  ratio: 100,
  freeBytes: 32 * MiB,
  /** Of one text or one tag. */
  pieceBytes: MiB,
  depth: 64,
  links: 200_000,
  merges: 20_000,
  sheets: 1_000,
  rows: 1_048_576,
} as const
