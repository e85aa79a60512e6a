import { memoryOf } from '@restyle/shared/ledger/room'
import type { RedisTrial } from '@restyle/shared/redis/try-redis'
import { away, type Finding, ok, refuse, warn } from './finding.ts'

/** Scripts that must work when Redis is full need their flags, which came with 7.0. */
const leastVersion = 7

/** Above this share of its memory Redis is close to refusing new edits. */
const fullShare = 0.8

/** What trying Redis came to, and what it says of itself. */
export function lookAtRedis(trial: RedisTrial, forgetful: boolean): Finding[] {
  switch (trial.kind) {
    case 'away':
      return [away('redis', trial.says)]
    case 'refused':
      return [refuse('redis', trial.says)]
    case 'works':
      return [
        ok('redis', 'takes writes, runs scripts and gives back what it was given'),
        ...lookAtInfo(trial.info, forgetful),
      ]
  }
}

/**
 * What `INFO` says about whether Redis can be trusted with a ledger: its version, that it writes down what it
 * acknowledges, that it never throws keys away, and that there is room. `forgetful` is the owner's word that it may lose.
 */
function lookAtInfo(info: string, forgetful: boolean): Finding[] {
  const fact = (name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? ''
  const atRisk = forgetful ? warn : refuse
  const version = fact('redis_version')
  const policy = fact('maxmemory_policy')
  const memory = memoryOf(info)
  const share = memory === undefined ? 0 : memory.used / memory.most
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
    share < fullShare
      ? ok('redis memory', memory === undefined ? 'no limit is set' : `${Math.round(100 * share)} % used`)
      : warn('redis memory', `${Math.round(100 * share)} % used: at 90 % no new edits are accepted`),
  ]
}
