import { Edit } from './contract/edit.ts'
import { EditState, isTerminal } from './contract/edit-state.ts'
import { backoffMs, copyPriority, handOf } from './queues.ts'

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
  const stored = { key: 'k', sha256: '', bytes: 1, width: 1, height: 1, contentType: 'image/png' }
  const of = (...images: object[]) => copyPriority(rendered(...images), now)

  it('takes first what dies first, of all images that are still to be copied', () => {
    const [soon, late] = [{ expiresAt: now + 30 * minute }, { expiresAt: now + 90 * minute }]
    expect(of(soon)).toBeLessThan(of(late))
    expect(of(late, soon)).toBe(of(soon))
    expect(of(late, { ...soon, stored })).toBe(of(late))
    expect(of(late, { ...soon, failure: { code: 'X', message: 'x' } })).toBe(of(late))
  })

  it('is the same after hours of waiting, so that an old edit is not overtaken by a new one', () => {
    const edit = rendered({ expiresAt: now + 600 * minute })
    expect(copyPriority(edit, now + 500 * minute)).toBe(copyPriority(edit, now))
    const fresh = rendered({ expiresAt: now + 500 * minute + 24 * 60 * minute })
    expect(copyPriority(edit, now)).toBeLessThan(copyPriority(fresh, now + 500 * minute))
  })

  it('stays within what BullMQ takes, for an address without an end and for one that is long dead', () => {
    expect(of({})).toBe(of({ expiresAt: now + 24 * 60 * minute }))
    expect(of({ expiresAt: now + 1e15 })).toBe(of({}))
    expect(of({ expiresAt: 0 })).toBe(1)
    expect(of({})).toBeLessThan(2 ** 21)
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
  it('leave alone what waits for a lane or a person and what has ended, and nothing else', () => {
    const idle = EditState.options.filter((state) => handOf[state] === undefined)
    const waits = EditState.options.filter(
      (state) => isTerminal(state) || state === 'review' || state === 'queued',
    )
    expect(new Set(idle)).toEqual(new Set(waits))
  })
})
