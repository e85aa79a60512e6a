import { patientBackend } from '@restyle/shared/redis/patient-backend'
import type { BackendFactory, RedisQueueBackend } from 'bullmq'

/** What a job holds, as text that nobody has parsed. Without `text` it holds nothing, or too much: `bytes`, in UTF-16 units. */
export type PlainJob = { text?: string; bytes: number }

/** Larger than the largest edit with every character escaped. */
const mostText = 1024 * 1024

/** What BullMQ knows of a job by its own doing. What the one who added it may have written is not among it. */
const kept = new Set(['timestamp', 'processedOn', 'ats', 'atm', 'stc', 'pb'])

/** The scripts whose answers hold a job. */
const handsOut = new Set(['moveToActive', 'moveToFinished'])

/**
 * BullMQ parses what a job holds, and its options, before anybody can look at them: a job that is no JSON stays in the queue for
 * ever, and a huge one stops the process. Here it is handed what came as one text, and options that are ours.
 */
export const plainJobs: BackendFactory<RedisQueueBackend> = (name, options, more) => {
  const backend = patientBackend(name, options, more)
  const run = backend.execCommand.bind(backend)
  backend.execCommand = (client, command, args): unknown => {
    const answer: unknown = run(client, command, args)
    return handsOut.has(command) ? Promise.resolve(answer).then(withPlainJob) : answer
  }
  return backend
}

function withPlainJob(answer: unknown): unknown {
  if (!Array.isArray(answer) || !Array.isArray(answer[0])) return answer
  const [flat, ...rest] = answer as [string[], ...unknown[]]
  const fields: string[] = []
  let text: string | undefined
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [field = '', value = ''] = [flat[i], flat[i + 1]]
    if (field === 'data') text = value
    if (kept.has(field)) fields.push(field, value)
  }
  const bytes = text?.length ?? 0
  const job: PlainJob = { ...(text === undefined || bytes > mostText ? {} : { text }), bytes }
  return [[...fields, 'name', 'edit', 'data', JSON.stringify(job), 'opts', '{}'], ...rest]
}
