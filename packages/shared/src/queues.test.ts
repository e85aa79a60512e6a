import { Edit } from './contract/edit.ts'
import { EditState, isTerminal } from './contract/edit-state.ts'
import { backoffMs, copyPriority, handOf, queueName } from './queues.ts'

const now = 1_800_000_000_000
const minute = 60_000

const rendered = (...images: object[]) =>
  Edit.parse({
    id: 'e',
    producer: 'acme',
    key: '1',
    state: 'rendered',
    version: 1,
    request: JSON.stringify({ prompt: 'x', images: [] }),
    bodyHash: '',
    createdAt: 0,
    updatedAt: 0,
    images: JSON.stringify(images.map((image, index) => ({ index, ...image }))),
  })

describe('copyPriority', () => {
  it('is the number of minutes until the first URL dies', () => {
    const images = [{ expiresAt: now + 90 * minute }, { expiresAt: now + 30 * minute }]
    expect(copyPriority(rendered(...images), now)).toBe(30)
  })

  it('does not count an image that is stored already', () => {
    const stored = { key: 'k', sha256: '', bytes: 1, width: 1, height: 1, contentType: 'image/png' }
    const images = [{ expiresAt: now + minute, stored }, { expiresAt: now + 30 * minute }]
    expect(copyPriority(rendered(...images), now)).toBe(30)
  })

  it('stays within what BullMQ takes: a URL that is dead comes first, one without an end within a day', () => {
    expect(copyPriority(rendered({ expiresAt: now - minute }), now)).toBe(1)
    expect(copyPriority(rendered({}), now)).toBe(24 * 60)
    expect(copyPriority(rendered({ expiresAt: now + 1e15 }), now)).toBe(24 * 60)
  })
})

describe('backoffMs', () => {
  it.each([
    [1, 500],
    [2, 1_000],
    [5, 8_000],
    [7, 30_000],
    [1_000_000, 30_000],
  ])('after try %i is between half of it and %i ms', (tries, ms) => {
    expect(backoffMs(tries, () => 1)).toBe(ms)
    expect(backoffMs(tries, () => 0)).toBe(ms / 2)
  })
})

describe('the hands', () => {
  it('leave alone what has ended and what a person decides, and nothing else', () => {
    const idle = EditState.options.filter((state) => handOf[state] === undefined)
    const waits = EditState.options.filter((state) => isTerminal(state) || state === 'review')
    expect(new Set(idle)).toEqual(new Set(waits))
  })

  it('share a queue each, but every model has a backlog of its own', () => {
    expect(queueName('submit', 'wan2.6-image')).toBe('submit.wan2.6-image')
    expect(queueName('poll', 'wan2.6-image')).toBe('poll')
  })
})
