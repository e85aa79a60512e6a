import { hasRoom, isTight, memoryOf } from './room.ts'

const info = (facts: Record<string, number>) =>
  `# Memory\r\n${Object.entries(facts)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('')}`

describe('the room in Redis', () => {
  it('is what the limit leaves below nine tenths', () => {
    const memory = memoryOf(info({ used_memory: 89_000_000, maxmemory: 100_000_000 }))
    expect(memory).toEqual({ used: 89_000_000, most: 100_000_000 })
    expect(hasRoom(memory, 1)).toBe(true)
    expect(hasRoom(memory, 300)).toBe(false)
    expect(hasRoom(memoryOf(info({ used_memory: 90_000_000, maxmemory: 100_000_000 })), 0)).toBe(false)
  })

  it('does not count what Redis does not count', () => {
    const facts = { used_memory: 95, mem_not_counted_for_evict: 10, maxmemory: 100 }
    expect(hasRoom(memoryOf(info(facts)), 0)).toBe(true)
  })

  it('is tight from eight tenths on', () => {
    expect(isTight({ used: 79, most: 100 })).toBe(false)
    expect(isTight({ used: 80, most: 100 })).toBe(true)
    expect(isTight(undefined)).toBe(false)
  })

  it('has no end where there is no limit', () => {
    expect(hasRoom(memoryOf(info({ used_memory: 10 ** 12, maxmemory: 0 })), 10 ** 9)).toBe(true)
    expect(hasRoom(memoryOf(''), 10 ** 9)).toBe(true)
  })
})
