import { RestyleError } from '@restyle/shared/errors'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { tryRedis } from '@restyle/shared/redis/try-redis'
import { readConfig } from './config.ts'
import { createApiKey, listApiKeys, revokeApiKey } from './http/api-keys.ts'
import { ordinaryScopes, scopes } from './http/scopes.ts'

const usage =
  'usage: node apps/producer/src/api-keys-cli.ts create <producer> [--admin] | revoke <keyId> | list\n'

const config = await exitOnKnownError(() => readConfig())
const redis = connectRedis(config.redisUrl, 'producer', () => {})
const day = (ms: number) => new Date(ms).toISOString()

async function run([command, name, flag]: string[]): Promise<string> {
  if (command === 'create' && name !== undefined && (flag === undefined || flag === '--admin')) {
    const admin = flag === '--admin'
    const { key } = await createApiKey(redis, config.prefix, name, admin ? scopes : ordinaryScopes)
    return `${key}\n`
  }
  if (command === 'revoke' && name !== undefined) {
    if (await revokeApiKey(redis, config.prefix, name)) return `revoked ${name}\n`
    throw new RestyleError(
      'NoSuchKey',
      `no such key: ${name} (keyId is the part between rk_ and the second _; see list)`,
    )
  }
  if (command === 'list') {
    const keys = await listApiKeys(redis, config.prefix)
    return keys
      .map(({ keyId, producer, createdAt, revokedAt, scopes: may }) =>
        [
          keyId,
          producer,
          day(createdAt),
          revokedAt === undefined ? 'live' : `revoked ${day(revokedAt)}`,
          ...(may.includes('admin') ? ['admin'] : []),
        ].join('\t'),
      )
      .map((line) => `${line}\n`)
      .join('')
  }
  process.exitCode = 2
  return usage
}

try {
  const trial = await tryRedis(config.redisUrl, config.prefix)
  if (trial.kind !== 'works') throw new Error(trial.says)
  process.stdout.write(await run(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  redis.disconnect()
}
