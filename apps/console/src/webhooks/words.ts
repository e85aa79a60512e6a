import type { Delivery, Webhook } from '@restyle/client/types'
import { counted } from '../app/format.ts'

const reasons = {
  person: 'disabled by a person',
  gone: 'disabled: it answered 410, gone',
  failing: 'disabled: nothing but failures for three days',
} as const

/** How a webhook does, in one phrase. */
export function stateOf({ enabled, disabled, failing, notBefore }: Webhook): string {
  if (!enabled) return disabled === undefined ? 'disabled' : reasons[disabled.reason]
  if (failing !== undefined) return `fails: ${counted(failing.failures, 'attempt')} without a success`
  return notBefore === undefined ? 'delivers' : 'waits: it asked for quiet'
}

/** What an attempt was answered. */
export function answerOf({ status, error, answer, ms }: Delivery): string {
  const what = status === undefined ? (error ?? 'no answer') : String(status)
  return `${what} after ${ms} ms${answer === undefined || answer === '' ? '' : `: ${answer}`}`
}
