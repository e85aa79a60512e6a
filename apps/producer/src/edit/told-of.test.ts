import type { Webhook } from '@restyle/shared/contract/webhook'
import { sentTo, stateInGroup } from './told-of.ts'

const webhookAt = (cursor: string, more: object = {}, skipped: Webhook['skipped'] = []) =>
  ({ cursor, skipped, settings: { after: '100-0', ...more } }) as unknown as Webhook
const event = { cursor: '200-1', type: 'restyle.edit.succeeded', retryAt: undefined }

describe('how far a webhook is with an event', () => {
  it.each([
    ['it is further', webhookAt('200-1'), 'sent'],
    ['it is not there yet', webhookAt('200-0'), 'waits'],
    ['it wants this type', webhookAt('300-0', { types: [event.type] }), 'sent'],
    ['it was disabled', webhookAt('300-0', {}, [{ after: '200-0', until: '250-0' }]), 'passed'],
    ['it was disabled later', webhookAt('300-0', {}, [{ after: '200-1', until: '250-0' }]), 'sent'],
    ['it was disabled before', webhookAt('300-0', {}, [{ after: '150-0', until: '200-0' }]), 'sent'],
  ])('where %s', (_, webhook, state) => {
    expect(sentTo(webhook, event)).toEqual({ state })
  })

  it('is told with the time where it is tried again, be it that the webhook began later', () => {
    const retried = { ...event, retryAt: 5_000 }
    expect(sentTo(webhookAt('300-0', { after: '250-0' }), retried)).toEqual({
      state: 'retries',
      nextAt: 5_000,
    })
  })

  it('is not told where the event is not for it', () => {
    expect(sentTo(webhookAt('300-0', { types: ['restyle.edit.failed'] }), event)).toBeUndefined()
    expect(sentTo(webhookAt('300-0', { after: '200-1' }), event)).toBeUndefined()
  })
})

it.each([
  ['199-0', false, false, 'waits'],
  ['200-0', false, false, 'done'],
  ['1000-0', false, false, 'done'],
  ['200-0', true, false, 'taken'],
  ['200-0', false, true, 'dead'],
] as const)('a group at %s, taken %s, dead %s: %s', (at, isTaken, isDead, state) => {
  expect(stateInGroup('200-0', { at, isTaken, isDead })).toBe(state)
})
