import type { ManifestFault, RowItem } from './manifest.ts'

/** Ends the reading of a catalog; `withFaults` turns it into an item, so no caller of a reader sees it. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
  readonly fault: ManifestFault

  constructor(where: string, detail: string) {
    super(`${where}: ${detail}`)
    this.fault = { where, detail }
  }
}

/** The items of a reader, and as the last one the fault that ended it. */
export async function* withFaults(items: AsyncIterable<RowItem>): AsyncGenerator<RowItem> {
  try {
    yield* items
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    yield { kind: 'fault', fault: error.fault }
  }
}
