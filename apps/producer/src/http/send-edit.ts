import { type Edit, viewOf } from '@restyle/shared/contract/edit'
import type { Fault } from '@restyle/shared/contract/fault'
import type { FastifyReply } from 'fastify'
import { reusedKey, unfinished } from './intake-headers.ts'
import { Problem } from './problem.ts'
import { faultInBody } from './validate.ts'

/** What came of a request for one edit (intake/outcome.ts). */
type Outcome =
  | { kind: 'accepted'; edit: Edit; warnings: readonly Fault[] }
  | { kind: 'replayed'; edit: Edit }
  | { kind: 'conflict'; id: string }
  | { kind: 'unfinished'; lookedUp: number }
  | { kind: 'refused'; faults: { first: readonly Fault[]; total: number } }

/** Answers with the edit and where it is. Throws a `Problem` where there is none. */
export function sendEdit(reply: FastifyReply, outcome: Outcome): FastifyReply {
  switch (outcome.kind) {
    case 'refused':
      throw Problem.ofFaults('invalid-request', inBody(outcome.faults.first), outcome.faults.total)
    case 'conflict':
      throw reusedKey(outcome.id)
    case 'unfinished':
      throw unfinished(outcome.lookedUp)
    case 'accepted': {
      const { edit, warnings } = outcome
      const view = { ...viewOf(edit), ...(warnings.length === 0 ? {} : { warnings: inBody(warnings) }) }
      return reply.code(202).header('location', `/v1/edits/${edit.id}`).send(view)
    }
    case 'replayed':
      return reply
        .header('idempotent-replayed', 'true')
        .header('location', `/v1/edits/${outcome.edit.id}`)
        .send(viewOf(outcome.edit))
  }
}

const inBody = (faults: readonly Fault[]) => faults.map((fault) => faultInBody(fault))
