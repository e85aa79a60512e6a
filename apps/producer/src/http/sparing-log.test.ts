import { RestyleError } from '@restyle/shared/errors'
import { createLog } from '@restyle/shared/log'
import { sparingLog } from './sparing-log.ts'

const open = () => {
  const written: string[] = []
  const clock = { now: 0 }
  const log = createLog('info', { write: (line) => void written.push(line) })
  const warn = sparingLog(log, () => clock.now)
  return { warn, clock, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) }
}
const away = Object.assign(new Error('no'), { code: 'SlowDown' })

describe('a warning that every caller may bring about', () => {
  it('is one line a minute, which says how many were left out', () => {
    const { warn, clock, lines } = open()
    for (let i = 0; i < 500; i += 1) warn({ error: away, route: '/v1/edits' }, 'request turned away')
    expect(lines()).toMatchObject([{ level: 'warn', route: '/v1/edits' }])
    clock.now = 60_000
    warn({ error: away, route: '/v1/edits' }, 'request turned away')
    expect(lines()[1]).toMatchObject({ untold: 499 })
  })

  it('is a line of its own for each route, check and code', () => {
    const { warn, lines } = open()
    const other = Object.assign(new Error('no'), { code: 'AccessDenied' })
    warn({ error: away, route: '/v1/edits' }, 'request turned away')
    warn({ error: other, route: '/v1/edits' }, 'request turned away')
    warn({ error: away, route: '/v1/batches' }, 'request turned away')
    warn({ error: away, check: 'the bucket' }, 'readiness check failed')
    expect(lines()).toHaveLength(4)
  })

  it.each([
    ['away', new Error('READONLY You cannot write against a read only replica.')],
    ['nearly full', new RestyleError('RedisFull', 'redis is nearly full')],
  ])('is left to who tells it where Redis is %s', (_, error) => {
    const { warn, lines } = open()
    warn({ error, route: '/v1/edits' }, 'request turned away')
    expect(lines()).toEqual([])
  })
})
