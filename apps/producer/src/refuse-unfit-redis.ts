import { RestyleError } from '@restyle/shared/errors'
import type { Log } from '@restyle/shared/log'
import { tryRedis } from '@restyle/shared/redis/try-redis'
import type { Config } from './config.ts'

/** Throws `NotFitToStart` where a person has to change something; a Redis that is away may come later. */
export async function refuseUnfitRedis(
  { redisUrl, prefix }: Pick<Config, 'redisUrl' | 'prefix'>,
  log: Log,
): Promise<void> {
  const trial = await tryRedis(redisUrl, prefix)
  if (trial.kind === 'refused')
    throw new RestyleError('NotFitToStart', `the producer does not start:\n  redis: ${trial.says}`)
  if (trial.kind === 'away') log.warn({ what: 'redis' }, trial.says)
}
