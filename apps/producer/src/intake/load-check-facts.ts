import type { EditRequest } from '@restyle/shared/contract/edit-request'
import type { CheckFacts } from './check-edit.ts'
import type { Row } from './rows.ts'
import type { IntakeTools } from './tools.ts'

/** Loads what the rows are checked against: the lanes, and the uploaded pictures that they name, each asked for once. */
export async function loadCheckFacts(
  { ledger, sources, allowHosts }: Pick<IntakeTools, 'ledger' | 'sources' | 'allowHosts'>,
  producer: string,
  rows: readonly Row[],
): Promise<CheckFacts> {
  const digests = new Set(rows.flatMap((row) => (row.kind === 'fit' ? digestsOf(row.request) : [])))
  const [lanes, pictures] = await Promise.all([ledger.lanes.list(), sources.findMany(producer, digests)])
  return { served: new Set(lanes.map(({ model }) => model)), sources: pictures, allowHosts }
}

const digestsOf = ({ images }: EditRequest): string[] =>
  images.flatMap((image) => (image.startsWith('sha256:') ? [image.slice('sha256:'.length)] : []))
