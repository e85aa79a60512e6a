import type { EditRequest } from '@restyle/shared/contract/edit-request'
import type { Deps } from '../http/api.ts'
import type { Surroundings } from './faults-of-edit.ts'
import type { Row } from './read-edits.ts'

/** Gathers what the rows are checked against: lanes, and the uploaded pictures that they name (each asked for once). */
export async function lookAround(
  { ledger, sources, allowHosts }: Pick<Deps, 'ledger' | 'sources' | 'allowHosts'>,
  producer: string,
  rows: readonly Row[],
): Promise<Surroundings> {
  const digests = new Set(rows.flatMap(({ request }) => (request === undefined ? [] : digestsOf(request))))
  const [lanes, pictures] = await Promise.all([ledger.lanes.list(), sources.findMany(producer, digests)])
  return { served: new Set(lanes.map(({ model }) => model)), sources: pictures, allowHosts }
}

const digestsOf = ({ images }: EditRequest): string[] =>
  images.flatMap((image) => (image.startsWith('sha256:') ? [image.slice('sha256:'.length)] : []))
