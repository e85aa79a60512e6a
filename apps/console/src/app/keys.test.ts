import { defaultChoices, keyOf, keyTable, meaningOf, wantsKey } from './keys.ts'

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }
const control = { tag: 'div', type: '', role: '', editable: false, inMenu: false }

describe('a key', () => {
  it('is named by what is written on it, whatever the layout', () => {
    expect(keyOf({ ...plain, key: 'A', shiftKey: true })).toBe('Shift+a')
    expect(keyOf({ ...plain, key: 'ф' })).toBe('ф')
    expect(keyOf({ ...plain, key: '?', shiftKey: true })).toBe('?')
    expect(keyOf({ ...plain, key: ' ' })).toBe('Space')
    expect(keyOf({ ...plain, key: 'ArrowDown', shiftKey: true })).toBe('Shift+ArrowDown')
    expect(keyOf({ ...plain, key: 'z', metaKey: true })).toBe('Ctrl+z')
  })

  it('is none while only a modifier is down, and is left to the browser with Alt', () => {
    expect(keyOf({ ...plain, key: 'Shift', shiftKey: true })).toBeUndefined()
    expect(keyOf({ ...plain, key: 'ArrowLeft', altKey: true })).toBeUndefined()
  })
})

describe('the meaning of a key', () => {
  const actions = (pressed: string, before?: string, choices = defaultChoices) =>
    meaningOf(pressed, before, choices).rows.map(({ action }) => action)

  it('may need another key', () => {
    expect(meaningOf('g', undefined, defaultChoices)).toEqual({ rows: [], waits: true })
    expect(actions('b', 'g')).toEqual(['go-batches'])
    expect(actions('q', 'g')).toEqual([])
  })

  it('is what a person made of it', () => {
    const choices = { single: true, remapped: { 'pause-live': ['q'] } }
    expect(actions('q', undefined, choices)).toEqual(['pause-live'])
    expect(actions('l', undefined, choices)).toEqual([])
  })

  it('is nothing while single keys are off, but for those that every program has', () => {
    const choices = { single: false, remapped: {} }
    expect(actions('l', undefined, choices)).toEqual([])
    expect(actions('Escape', undefined, choices)).toEqual(['leave'])
  })

  it('is one in each place: no two rows of the same place share a key', () => {
    const seen = keyTable.flatMap(({ keys, where }) => keys.map((key) => `${where} ${key}`))
    expect(new Set(seen).size).toBe(seen.length)
  })
})

describe('a focused control', () => {
  it('keeps the keys that it needs', () => {
    expect(wantsKey({ ...control, tag: 'input', type: 'text' }, 'l')).toBe(true)
    expect(wantsKey({ ...control, tag: 'input', type: 'text' }, 'Escape')).toBe(false)
    expect(wantsKey({ ...control, tag: 'input', type: 'range' }, 'ArrowLeft')).toBe(true)
    expect(wantsKey({ ...control, tag: 'input', type: 'range' }, 'a')).toBe(false)
    expect(wantsKey({ ...control, tag: 'button', type: 'button' }, 'Enter')).toBe(true)
    expect(wantsKey({ ...control, tag: 'button', type: 'button' }, 'a')).toBe(false)
    expect(wantsKey({ ...control, editable: true }, 'a')).toBe(true)
    expect(wantsKey({ ...control, inMenu: true }, 'j')).toBe(true)
    expect(wantsKey(control, 'Enter')).toBe(false)
  })
})
