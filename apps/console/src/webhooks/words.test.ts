import type { Delivery, Webhook } from '@restyle/client/types'
import { answerOf, stateOf } from './words.ts'

const webhook = (more: object) => ({ enabled: true, ...more }) as unknown as Webhook
const delivery = (more: object) => ({ ms: 12, ...more }) as unknown as Delivery

it('says how a webhook does', () => {
  expect(stateOf(webhook({}))).toBe('delivers')
  expect(stateOf(webhook({ failing: { failures: 3 } }))).toBe('fails: 3 attempts without a success')
  expect(stateOf(webhook({ enabled: false, disabled: { reason: 'gone' } }))).toContain('410')
})

it('says what an attempt was answered', () => {
  expect(answerOf(delivery({ status: 500, answer: 'Oops' }))).toBe('500 after 12 ms: Oops')
  expect(answerOf(delivery({ error: 'ECONNREFUSED' }))).toBe('ECONNREFUSED after 12 ms')
})
