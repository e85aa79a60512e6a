import { defaultModel } from '@restyle/dashscope/models'
import type { LedgerKeys } from '@restyle/shared/ledger/keys'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { RedisClient } from '@restyle/shared/redis/redis-client'

/** Every edit that the sweep would find, and those of a producer that wait for a lane or for a time. */
export async function found(
  ledger: Ledger,
  redis: RedisClient,
  keys: LedgerKeys,
  producer: string,
): Promise<string[]> {
  const { id: model } = defaultModel
  const ids = await ledger.overdue(Number.MAX_SAFE_INTEGER, 100)
  ids.push(...(await redis.zrange(keys.later(model), '0', '-1')))
  for (const alike of await redis.zrange(keys.groups(model, 'standard', producer), '0', '-1'))
    ids.push(...(await redis.zrange(keys.group(model, 'standard', producer, alike), '0', '-1')))
  return ids
}
