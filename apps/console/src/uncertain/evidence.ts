import type { Review } from '@restyle/client/types'
import { counted, duration } from '../app/format.ts'

type Submit = Review['submit']
type Task = Review['tasks'][number]

/** How far a submit had come, by how it broke off. */
const phases: ReadonlyMap<string, string> = new Map([
  ['reset', 'sent; the connection was reset before an answer came'],
  ['closed', 'sent; the connection was closed before an answer came'],
  ['timeout', 'sent; no answer came in time'],
  ['aborted', 'sent; the worker was stopped before an answer came'],
  ['network', 'sent, or begun to be sent; the network failed'],
  ['truncated', 'sent and answered; the answer broke off'],
  ['garbled', 'sent and answered; the answer could not be read'],
  ['headers', 'sent and answered; the head of the answer was too large'],
  ['tooLarge', 'sent and answered; the answer was too large'],
  ['5xx', 'sent and answered with an error of the server'],
  ['noTaskId', 'sent and answered, without a task'],
  ['taken', 'sent and answered with a task that belongs to another edit'],
  ['receipt', 'not known: the ledger had lost this attempt, and its receipts do not tell what came of it'],
])

/** How far the connection of a submit was, with what the vendor said. `taskId`: the task that the edit has, if any. */
export function phaseWords({ answered }: Pick<Submit, 'answered'>, taskId: string | undefined): string {
  if (taskId !== undefined) return `sent and answered with task ${taskId}`
  if (answered === undefined) return 'not known: the ledger has no word of it'
  const { cause, code, message } = answered
  const said = [code, message].filter((each) => each !== undefined && each !== '').join(': ')
  return `${phases.get(cause) ?? cause}${said === '' ? '' : ` (${said})`}`
}

/** When a task was made, beside when the submit began: `1 s after it began`. Undefined where one of both is not known. */
export function madeWords(
  { submittedAt }: Pick<Task, 'submittedAt'>,
  { intendedAt, leaseUntil }: Pick<Submit, 'intendedAt' | 'leaseUntil'>,
): string | undefined {
  if (submittedAt === undefined || intendedAt === undefined) return undefined
  const made = Date.parse(submittedAt)
  const after = made - Date.parse(intendedAt)
  const late = leaseUntil !== undefined && made > Date.parse(leaseUntil)
  if (Math.abs(after) < 500) return 'as the submit began'
  return after < 0
    ? `${duration(-after)} before the submit began`
    : `${duration(after)} after the submit began${late ? ', when it could not be sent any more' : ''}`
}

/** How the prompt of a task compares with that of the edit. */
export const echoWords: Readonly<Record<Task['echo'], string>> = {
  same: 'the same as the edit’s',
  near: 'nearly the same as the edit’s:',
  none: 'it shows none',
}

/** `1 image of 2`. `asked`: how many the edit asks for. */
export const imagesWords = (images: number, asked: number): string =>
  `${counted(images, 'image')} of ${asked}`

/** What is known of each candidate; of one that was not looked at its id alone. */
export const candidatesOf = ({
  candidates,
  tasks,
}: Pick<Review, 'candidates' | 'tasks'>): { taskId: string; told: Task | undefined }[] =>
  candidates.map((taskId) => ({ taskId, told: tasks.find((task) => task.taskId === taskId) }))
