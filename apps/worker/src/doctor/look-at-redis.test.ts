import { lookAtRedis } from './look-at-redis.ts'

const info = (facts: Record<string, string | number> = {}) =>
  Object.entries({
    redis_version: '7.0.15',
    aof_enabled: 1,
    maxmemory_policy: 'noeviction',
    used_memory: 10,
    maxmemory: 0,
    ...facts,
  })
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('')

const verdicts = (text: string, forgetful = false) =>
  lookAtRedis({ kind: 'works', info: text }, forgetful).flatMap(({ what, verdict }) =>
    verdict === 'ok' ? [] : [`${verdict} ${what}`],
  )

describe('a look at Redis', () => {
  it('finds nothing to say about a good one', () => {
    expect(verdicts(info())).toEqual([])
  })

  it.each([
    ['that is too old', { redis_version: '6.2.14' }, ['refuse redis version']],
    ['whose version is hidden', { redis_version: '' }, ['refuse redis version']],
    ['that keeps no file', { aof_enabled: 0 }, ['refuse redis persistence']],
    ['that evicts', { maxmemory_policy: 'allkeys-lru' }, ['refuse redis eviction']],
    ['that is nearly full', { maxmemory: 12 }, ['warn redis memory']],
  ])('speaks up about one %s', (_, facts, expected) => {
    expect(verdicts(info(facts))).toEqual(expected)
  })

  it.each([
    ['away', 'away redis'],
    ['refused', 'refuse redis'],
  ] as const)('speaks up about one that is %s, in the words it was found with', (kind, verdict) => {
    const [finding] = lookAtRedis({ kind, says: 'what to change' }, true)
    expect([`${finding?.verdict} ${finding?.what}`, finding?.says]).toEqual([verdict, 'what to change'])
  })

  it("takes the owner's word for a forgetful one, but not for an old one", () => {
    const forgetful = info({ aof_enabled: 0, maxmemory_policy: 'volatile-ttl', redis_version: '5.0' })
    expect(verdicts(forgetful, true)).toEqual([
      'refuse redis version',
      'warn redis persistence',
      'warn redis eviction',
    ])
  })
})
