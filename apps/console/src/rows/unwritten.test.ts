import { keepUnwritten, takeUnwritten } from './unwritten.ts'

const open = () => {
  const kept = new Map<string, string>()
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  return () => store
}

it('keeps a query for the page that comes at the same address, once', () => {
  const store = open()
  keepUnwritten(store, '/b?row=1', '?row=2')
  expect(takeUnwritten(store, '/b?row=1')).toBe('?row=2')
  expect(takeUnwritten(store, '/b?row=1')).toBeUndefined()
})

it('gives another page nothing, and forgets it then', () => {
  const store = open()
  keepUnwritten(store, '/b?row=1', '?row=2')
  expect(takeUnwritten(store, '/c')).toBeUndefined()
  expect(takeUnwritten(store, '/b?row=1')).toBeUndefined()
})

it('does without a store', () => {
  const refuses = () => {
    throw new Error('denied')
  }
  keepUnwritten(refuses, '/b', '')
  expect(takeUnwritten(refuses, '/b')).toBeUndefined()
  expect(takeUnwritten(() => ({ ...open()(), getItem: () => 'nonsense' }), '/b')).toBeUndefined()
})
