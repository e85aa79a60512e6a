import { calmMs, isOfConnection, outageOf, redisAsked, redisFailed, type RedisState } from './outage.ts'

const lines: object[] = []
let state: RedisState

beforeEach(() => {
  lines.length = 0
  state = { kind: 'here' }
})
const take = (next: { state: RedisState; line?: object }) => {
  state = next.state
  if (next.line !== undefined) lines.push(next.line)
}
const failed = (code: string, now: number) => take(redisFailed(state, code, now))
const asked = (took: boolean, now: number) => take(redisAsked(state, took, now))

describe('outageOf', () => {
  it.each([
    ["READONLY You can't write against a read only replica. script: 2f4a, on @user_script:1.", 'READONLY'],
    ['UNBLOCKED force unblock from blocking operation, instance state changed', 'UNBLOCKED'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM'],
    ['NOREPLICAS Not enough good replicas to write.', 'NOREPLICAS'],
    ['LOADING Redis is loading the dataset in memory', 'LOADING'],
    ["NOPERM User worker has no permissions to run the 'eval' command", 'NOPERM'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'WRONGPASS'],
    ['Connection is closed.', 'NoAnswer'],
    ['Command timed out', 'NoAnswer'],
    ['Reached the max retries per request limit (which is 1). Refer to …', 'NoAnswer'],
  ])('knows %s', (message, code) => {
    expect(outageOf(new Error(message))).toBe(code)
  })

  it.each([
    'WRONGTYPE Operation against a key',
    'ERR syntax error',
    'could not renew lock for job 1',
    'a prompt, READONLY or not',
  ])('leaves %s to whoever asked', (message) => {
    expect(outageOf(new Error(message))).toBeUndefined()
  })

  it('leaves the lost connection of somebody else alone, which only a queue may take for its own', () => {
    const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    expect(outageOf(lost)).toBeUndefined()
    expect(isOfConnection(lost)).toBe(true)
    expect(isOfConnection(new Error('could not renew lock for job 1'))).toBe(false)
  })
})

describe('the state of Redis', () => {
  it('is told once when it goes and once when it is back, with what was not told', () => {
    failed('ECONNREFUSED', 0)
    for (let now = 100; now < 30_000; now += 100) {
      failed('ECONNREFUSED', now)
      if (now % 1000 === 0) asked(false, now)
    }
    asked(true, 40_000)
    asked(true, 41_000)
    expect(lines).toEqual([
      { kind: 'away', code: 'ECONNREFUSED' },
      { kind: 'back', awayMs: 40_000, errors: 300 },
    ])
  })

  it('is told again for each new reason, once', () => {
    for (const code of ['ECONNREFUSED', 'LOADING', 'ECONNREFUSED', 'LOADING', 'READONLY']) failed(code, 0)
    expect(lines).toEqual(['ECONNREFUSED', 'LOADING', 'READONLY'].map((code) => ({ kind: 'away', code })))
  })

  it('is not back while anything still fails, although it takes a write', () => {
    failed('OOM', 0)
    failed('OOM', 5000)
    asked(true, 5000 + calmMs - 1)
    expect(lines).toHaveLength(1)
    asked(true, 5000 + calmMs)
    expect(lines.at(-1)).toEqual({ kind: 'back', awayMs: 5000 + calmMs, errors: 2 })
  })

  it('is an alarm after a minute, once', () => {
    failed('OOM', 0)
    for (let now = 1000; now <= 300_000; now += 1000) {
      failed('OOM', now)
      asked(false, now)
    }
    expect(lines).toEqual([
      { kind: 'away', code: 'OOM' },
      { kind: 'still away', awayMs: 60_000 },
    ])
  })
})
