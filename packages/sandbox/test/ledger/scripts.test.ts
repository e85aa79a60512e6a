import { readdirSync, readFileSync } from 'node:fs'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { assemble, ledgerScripts } from '@restyle/shared/ledger/lua'
import { Redis } from 'ioredis'
import { untoldScripts } from '../../src/chaos/untold-scripts.ts'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo, openLedgerWorld } from './ledger-world.ts'

const folder = new URL('../../../shared/src/ledger/', import.meta.url)
const luaIn = (path: string) =>
  readdirSync(new URL(path, folder)).flatMap((file) => (file.endsWith('.lua') ? [file.slice(0, -4)] : []))
const read = (path: string) => readFileSync(new URL(path, folder), 'utf8')

let server: RedisServer
let redis: Redis
let tests = 0

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(async () => {
  tests += 1
  await redis.script('FLUSH')
  await redis.config('RESETSTAT')
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const open = () => openLedgerWorld(redis, `{scripts${tests}}`)

async function calls(command: string): Promise<number> {
  const stats = `${await redis.info('commandstats')}${await redis.info('errorstats')}`
  return Number(new RegExp(`^(?:cmd|error)stat_${command}:(?:calls|count)=(\\d+)`, 'm').exec(stats)?.[1] ?? 0)
}

describe('the scripts', () => {
  it('are the files of their folder, and every include is in one of them', () => {
    expect(Object.keys(ledgerScripts).toSorted()).toEqual(luaIn('.').toSorted())
    const all = Object.values(ledgerScripts).join('\n')
    const unused = luaIn('includes').filter(
      (name) => !all.includes(read(`includes/${name}.lua`).split('\n').at(-2) ?? '?'),
    )
    expect(unused).toEqual([])
  })

  it.each(Object.entries(ledgerScripts))(
    '%s says what it must not do, takes and answers',
    async (name, lua) => {
      expect(read(`${name}.lua`)).toMatch(
        /^#!lua.*\n-- [^]*Must not [^]*\n-- KEYS[^]*\n-- ARGV\[1\][^]*\n-- answers/,
      )
      expect(lua).not.toContain('@include')
      expect(await redis.script('LOAD', lua)).toMatch(/^[0-9a-f]{40}$/)
    },
  )

  it('hold an include once, and names of keys and facts as the tables have them', () => {
    const lua = assemble('--- @include "clock"\n--- @include "tokens"\nreturn key.batchMap(id), key.due')
    expect(lua.match(/redis.call\('TIME'\)/g)).toHaveLength(1)
    expect(lua).toMatch(/^return \(ask.prefix .. ':batch:' .. id .. ':map'\), \(ask.prefix .. ':due'\)$/m)
    expect(assemble('fact.isUnsure(to), fact.ends, fact.keptTaskSeconds')).toBe(
      "(to == 'uncertain' or to == 'review'), { 'succeeded', 'failed', 'canceled' }, 172800",
    )
    expect(assemble('fact.eventOf(to)')).toMatch(/^\(to == 'review' and 'restyle.edit.held' or .* or nil\)$/)
  })

  it.each(['key.nothing', 'key.running', 'key.due(id)', 'fact.nothing', 'fact.byteOf', 'fact.ends(a, b)'])(
    'cannot say %s, which the tables do not have',
    (said) => {
      expect(() => assemble(`return ${said}`)).toThrow(`a script names ${said}`)
    },
  )

  it('are sent to Redis whole once, and by their digest from then on', async () => {
    const { ledger, standing, admitted } = open()
    await admitted(await standing('a', 'queued'))
    expect(await calls('NOSCRIPT')).toBe(3)
    for (const id of ['b', 'c']) await ledger.accept([asked(id)])
    await openLedger(redis, '{another}').accept([asked('d')])
    expect(await calls('NOSCRIPT')).toBe(3)
    expect(await calls('eval')).toBe(3)
  })
})

describe('a script', () => {
  it('leaves fields alone that it does not know, and does not answer with them', async () => {
    const { ledger, keys, standing, admitted, moved } = open()
    const queued = await standing('a', 'queued')
    await redis.hset(keys.edit('a'), 'fromTheFuture', '1')
    const running = await moved(await admitted(queued), changeTo('running'))
    expect(running).toEqual(await ledger.read('a'))
    expect(running).not.toHaveProperty('fromTheFuture')
    expect(await redis.hget(keys.edit('a'), 'fromTheFuture')).toBe('1')
  })

  it('takes text that is no whole Unicode: Redis keeps a mark in its place', async () => {
    const { ledger } = open()
    expect(await ledger.accept([asked('a', { key: 'half \ud83d' })])).toEqual(['accepted'])
    expect((await ledger.read('a'))?.key).toBe('half \ufffd')
  })

  it('keeps numbers whole: times, micro-currency and tokens in microseconds', async () => {
    const { keys, standing, admitted, moved } = open()
    const priceMicros = 9_007_199_254_740
    const edit = await admitted(await standing('a', 'queued'), {
      priceMicros,
      submitIntervalMicros: 60_000_000,
    })
    expect(await redis.hget(keys.spend('acme'), 'reserved')).toBe(String(priceMicros))
    expect(Number(await redis.get(keys.tokens('submit:one')))).toBeGreaterThan(edit.updatedAt * 1000)
    await moved(edit, changeTo('queued'))
    expect(await redis.hget(keys.spend('acme'), 'reserved')).toBe('0')
  })

  it('that a planted bug has altered runs in that ledger alone', async () => {
    const { ledger, standing } = open()
    const untold = openLedger(redis, `{scripts${tests}}`, { scripts: untoldScripts })
    const [first, second] = [await standing('a', 'queued'), await standing('b', 'queued')]
    expect(await untold.move(first, { to: 'canceled' })).toMatchObject({ kind: 'moved' })
    expect(await ledger.move(second, { to: 'canceled' })).toMatchObject({ kind: 'moved' })
    const events = await ledger.events('acme').page('0', 10)
    expect(events.map(({ event }) => event.id)).toEqual(['b-canceled'])
  })
})
