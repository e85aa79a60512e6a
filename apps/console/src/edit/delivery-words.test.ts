import { hookWords, isUnderWay } from './delivery-words.ts'

const at = (time: string) => time.slice(11, 16)

it('says how far a webhook is', () => {
  const nextAt = '2026-11-26T12:10:00.000Z'
  expect(hookWords({ id: 'w', state: 'retries', nextAt }, at)).toBe('failed, is sent again 12:10')
  expect(hookWords({ id: 'w', state: 'sent' }, at)).toBe('sent')
  expect(hookWords({ id: 'w', state: 'passed' }, at)).toBe('passed while it was disabled')
})

it('is under way while somebody is to hear of it', () => {
  const hook = (state: 'waits' | 'retries' | 'sent' | 'passed') => ({
    cursor: '1-0',
    webhooks: [{ id: 'w', state }],
  })
  const group = (state: 'waits' | 'taken' | 'dead' | 'done') => ({
    cursor: '1-0',
    groups: [{ name: 'g', state }],
  })
  expect([hook('waits'), hook('retries'), group('waits'), group('taken')].map(isUnderWay)).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect([undefined, hook('sent'), hook('passed'), group('dead'), group('done')].map(isUnderWay)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})
