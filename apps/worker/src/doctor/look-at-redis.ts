import { type Finding, ok, refuse, warn } from './finding.ts'

/** Scripts that must work when Redis is full need their flags, which came with 7.0. */
const leastVersion = 7

/** Above this share of its memory Redis is close to refusing new edits. */
const fullShare = 0.8

/**
 * What `INFO` says about whether Redis can be trusted with a ledger: its version, that it writes down what it
 * acknowledges, that it never throws keys away, and that there is room. `forgetful` is the owner's word that it may lose.
 */
export function lookAtRedis(info: string, forgetful: boolean): Finding[] {
  const fact = (name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? ''
  const atRisk = forgetful ? warn : refuse
  const version = fact('redis_version')
  const policy = fact('maxmemory_policy')
  const [used, most] = [Number(fact('used_memory')), Number(fact('maxmemory'))]
  return [
    Number.parseInt(version, 10) >= leastVersion
      ? ok('redis version', version)
      : refuse('redis version', `${version || 'unknown'} is too old: 7.0 or newer is needed`),
    fact('aof_enabled') === '1'
      ? ok('redis persistence', 'the append-only file is on')
      : atRisk(
          'redis persistence',
          'the append-only file is off, so a restart forgets what was acknowledged: set "appendonly yes"',
        ),
    policy === 'noeviction'
      ? ok('redis eviction', 'nothing is evicted')
      : atRisk(
          'redis eviction',
          `maxmemory-policy is ${policy}, so edits may vanish: set "maxmemory-policy noeviction"`,
        ),
    most === 0 || used / most < fullShare
      ? ok('redis memory', most === 0 ? 'no limit is set' : `${Math.round((100 * used) / most)} % used`)
      : warn('redis memory', `${Math.round((100 * used) / most)} % used: soon no new edits are accepted`),
  ]
}
