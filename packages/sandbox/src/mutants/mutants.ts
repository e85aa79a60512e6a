import { acceptMutants } from './accept-mutants.ts'
import { bucketMutants } from './bucket-mutants.ts'
import { clientMutants } from './client-mutants.ts'
import { fairMutants } from './fair-mutants.ts'
import { controlMutants } from './control-mutants.ts'
import { foldMutants } from './fold-mutants.ts'
import { answerMutants } from './answer-mutants.ts'
import { httpMutants } from './http-mutants.ts'
import { intakeMutants } from './intake-mutants.ts'
import { keyMutants } from './key-mutants.ts'
import { ledgerMutants } from './ledger-mutants.ts'
import { type Area, areas, type Listed, type Mutant } from './mutant.ts'
import { moneyMutants } from './money-mutants.ts'
import { planeMutants } from './plane-mutants.ts'
import { pollingMutants } from './polling-mutants.ts'
import { producerMutants } from './producer-mutants.ts'
import { reconcileMutants } from './reconcile-mutants.ts'
import { renderMutants } from './render-mutants.ts'
import { reopenMutants } from './reopen-mutants.ts'
import { restMutants } from './rest-mutants.ts'
import { scheduleMutants } from './schedule-mutants.ts'
import { resultsMutants } from './results-mutants.ts'
import { streamMutants } from './stream-mutants.ts'
import { submitMutants } from './submit-mutants.ts'
import { upkeepMutants } from './upkeep-mutants.ts'
import { webhookMutants } from './webhook-mutants.ts'

const byArea: Readonly<Record<Area, readonly Listed[]>> = {
  ...acceptMutants,
  ...bucketMutants,
  ...controlMutants,
  ...foldMutants,
  ...httpMutants,
  ...keyMutants,
  ...ledgerMutants,
  ...moneyMutants,
  ...producerMutants,
  ...reconcileMutants,
  ...renderMutants,
  ...restMutants,
  ...resultsMutants,
  ...streamMutants,
  ...submitMutants,
  ...upkeepMutants,
  accept: [...acceptMutants.accept, ...intakeMutants.accept],
  admit: [...ledgerMutants.admit, ...fairMutants.admit],
  events: [
    ...producerMutants.events,
    ...clientMutants.events,
    ...webhookMutants.events,
    ...planeMutants.events,
  ],
  results: [...resultsMutants.results, ...answerMutants.results, ...planeMutants.results],
  http: [...httpMutants.http, ...answerMutants.http],
  poll: [...renderMutants.poll, ...pollingMutants],
  rebuild: [...upkeepMutants.rebuild, ...reopenMutants.rebuild],
  keys: [...keyMutants.keys, ...clientMutants.keys],
  control: [...controlMutants.control, ...scheduleMutants.control, ...reopenMutants.control],
}

/** Small faults, each of which some test must notice (docs/reliability.md). A fault that nothing notices is a missing test. */
export const mutants: readonly Mutant[] = areas.flatMap((area) =>
  byArea[area].map((listed) => ({ area, ...listed })),
)
