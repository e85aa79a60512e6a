import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { BrokenWorkbook } from './broken-workbook.ts'
import { workbookLimits } from './workbook-limits.ts'

/** The files within a workbook. */
export type Parts = {
  has(name: string): boolean
  /** Unpacks a file piece by piece, and counts while it does. Throws `BrokenWorkbook` beyond `most` bytes. */
  read(name: string, most?: number): AsyncGenerator<Buffer>
  close(): void
}

const { parts: mostParts, partBytes, ratio, freeBytes } = workbookLimits

/** Opens the archive that a workbook is. Unpacks nothing yet. */
export async function openParts(path: string): Promise<Parts> {
  const zip = await openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw noArchive(error)
  })
  // what comes on its own has been thrown to the reader already
  zip.on('error', () => undefined)
  try {
    const entries = await entriesOf(zip)
    return {
      has: (name) => entries.has(name.toLowerCase()),
      read: (name, most = partBytes) => unpack(zip, entries.get(name.toLowerCase()), name, most),
      close: () => zip.close(),
    }
  } catch (error) {
    zip.close()
    throw error instanceof BrokenWorkbook ? error : noArchive(error)
  }
}

const noArchive = (error: unknown): BrokenWorkbook =>
  new BrokenWorkbook(`is no .xlsx workbook (${messageOf(error)}); save it as .xlsx or as "CSV UTF-8"`)

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > mostParts)
    throw new BrokenWorkbook(`holds ${zip.entryCount} files; at most ${mostParts} are read`)
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName.toLowerCase(), entry)
  return entries
}

async function* unpack(
  zip: ZipFile,
  entry: Entry | undefined,
  name: string,
  most: number,
): AsyncGenerator<Buffer> {
  if (entry === undefined) throw new BrokenWorkbook(`lacks its part ${name}`)
  const bomb = (): BrokenWorkbook =>
    new BrokenWorkbook(
      `unpacks to far more than its size (${name}): it is taken for a zip bomb; save it anew, or as "CSV UTF-8"`,
    )
  const allowed = Math.min(most, Math.max(freeBytes, Math.min(entry.compressedSize, zip.fileSize) * ratio))
  if (entry.uncompressedSize > allowed) throw bomb()
  let bytes = 0
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) {
      bytes += (piece as Buffer).length
      // the size that is written in the archive may be a lie
      if (bytes > allowed) throw bomb()
      yield piece as Buffer
    }
  } catch (error) {
    if (error instanceof BrokenWorkbook) throw error
    throw new BrokenWorkbook(`is damaged: its part ${name} cannot be unpacked (${messageOf(error)})`)
  }
}
