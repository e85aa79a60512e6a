import type { Client } from '@restyle/client/client'
import type { Lane } from '@restyle/client/types'
import type { Io } from './io.ts'
import { printLines, writeRaw } from './show/print.ts'
import { Stop, type ExitCode } from './stop.ts'
import { countText } from './show/count-text.ts'

export type ControlFlags = { producer?: true; lane?: string; json?: true }

export type RetryFlags = { code: string[]; prompt?: string; seed?: number; size?: string; json?: true }

/** What is paused or resumed: exactly one of these. */
type Target = { kind: 'edit' | 'batch'; id: string } | { kind: 'producer' } | { kind: 'lane'; name: string }

/** A row of a batch is an edit too: `batch_…-12`. */
const kindOf = (id: string): 'edit' | 'batch' => (/^batch_[^-]*$/.test(id) ? 'batch' : 'edit')

/** Cancels an edit or a batch, and prints what follows from that. */
export async function cancel(
  id: string,
  { json }: { json?: true },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const answer = kindOf(id) === 'edit' ? await client.edits.cancel(id) : await client.batches.cancel(id)
  const state = 'edit' in answer ? answer.edit.state : answer.outcome
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(answer)}\n`, io.signal)
  else printLines(io.stdout, `${id} is ${state}. ${answer.detail}`)
  return 0
}

/** Pauses or resumes an edit, a batch, the producer of the key, or a lane. */
export async function pauseOrResume(
  verb: 'pause' | 'resume',
  id: string | undefined,
  flags: ControlFlags,
  client: () => Promise<Client>,
  io: Io,
): Promise<ExitCode> {
  const target = targetOf(verb, id, flags)
  const { answer, says } = await carryOut(verb, target, await client())
  if (flags.json === true) await writeRaw(io.stdout, `${JSON.stringify(answer)}\n`, io.signal)
  else printLines(io.stdout, ...says)
  return 0
}

function targetOf(
  verb: 'pause' | 'resume',
  id: string | undefined,
  { producer, lane }: ControlFlags,
): Target {
  const targets: Target[] = []
  if (id !== undefined) targets.push({ kind: kindOf(id), id })
  if (producer === true) targets.push({ kind: 'producer' })
  if (lane !== undefined) targets.push({ kind: 'lane', name: lane })
  const [target, ...others] = targets
  if (target === undefined || others.length > 0)
    throw new Stop('input', [
      `say one thing to ${verb}: the id of a batch or an edit, --producer, or --lane <name>`,
    ])
  return target
}

async function carryOut(
  verb: 'pause' | 'resume',
  target: Target,
  client: Client,
): Promise<{ answer: object; says: string[] }> {
  const done = verb === 'pause' ? 'paused' : 'resumed'
  const more = verb === 'pause' ? '; what was submitted goes on' : ''
  switch (target.kind) {
    case 'edit': {
      const answer = await client.edits[verb](target.id)
      return { answer, says: [`${target.id} is ${done}`] }
    }
    case 'batch': {
      const answer = await client.batches[verb](target.id)
      return { answer, says: [`${target.id} is ${done}${more}`] }
    }
    case 'producer': {
      const answer = await client.producer[verb]()
      return { answer, says: [`producer ${answer.name} is ${done}${more}`] }
    }
    case 'lane': {
      const answer = await client.lanes[verb](target.name)
      return { answer, says: answer.flatMap(linesOf) }
    }
  }
}

/** Retries failed rows of a batch, and prints how many. */
export async function retry(
  batch: string,
  { code, json, ...different }: RetryFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const request = { ...different, ...(code.length > 0 && { codes: code }) }
  const answer = await client.batches.retry(batch, request, { idempotencyKey: io.newId() })
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(answer)}\n`, io.signal)
  else if (answer.rows === 0) printLines(io.stdout, `no row of ${batch} has failed so; nothing is retried`)
  else
    printLines(
      io.stdout,
      `retried ${countText(answer.rows, 'row')} of ${batch}; each image is billed as ever`,
    )
  return 0
}

/** Shows every lane and what pauses it; with `json` one line each. */
export async function lanes({ json }: { json?: true }, client: Client, io: Io): Promise<ExitCode> {
  for (const lane of await client.lanes.list()) {
    if (json === true) await writeRaw(io.stdout, `${JSON.stringify(lane)}\n`, io.signal)
    else printLines(io.stdout, ...linesOf(lane))
  }
  return 0
}

const linesOf = ({ name, id, running, slots, pauses }: Lane): string[] => [
  `${name}  ${id}  ${running} of ${slots} running${pauses.length === 0 ? '' : ', paused'}`,
  ...pauses.map(
    ({ by, since, detail }) =>
      `  paused by ${by === 'person' ? 'a person' : 'itself'} since ${since}: ${detail}`,
  ),
]
