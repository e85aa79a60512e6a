import { isLiveKey } from '@restyle/shared/contract/api-key'
import { RestyleError } from '@restyle/shared/errors'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { tryRedis } from '@restyle/shared/redis/try-redis'
import { openStore } from '@restyle/shared/store/store'
import { readConfig } from './config.ts'
import { scopes, scopesOf } from './http/scopes.ts'
import { createKey, revokeKey } from './key/change-keys.ts'

const usage =
  'usage: node apps/producer/src/api-keys-cli.ts create <producer> [--admin] | revoke <keyId> | list\n'

const config = await exitOnKnownError(() => readConfig())
const redis = connectRedis(config.redisUrl, 'producer', () => {})
const store = openStore(config.store)
const tools = { ledger: openLedger(redis, config.prefix), store, now: Date.now }
const day = (ms: number) => new Date(ms).toISOString()

async function create(producer: string, admin: boolean): Promise<string> {
  const made = await createKey({ producer, ...(admin ? { scopes } : {}) }, tools)
  if (made === 'full')
    throw new RestyleError('TooManyKeys', `${producer} has too many live keys: revoke some`)
  return `${made.key}\n`
}

async function revoke(keyId: string): Promise<string> {
  if ((await revokeKey(keyId, {}, tools)) !== undefined) return `revoked ${keyId}\n`
  throw new RestyleError(
    'NoSuchKey',
    `no such key: ${keyId} (keyId is the part between rk_ and the second _; see list)`,
  )
}

async function list(): Promise<string> {
  const listed = await tools.ledger.apiKeys.list(undefined, Infinity)
  return listed
    .map(({ place: { id }, record }) => {
      if (record === undefined) return `${id}\t?\tcannot be read\n`
      const { producer, createdAt, expiresAt, revokedAt } = record
      const state =
        revokedAt !== undefined
          ? `revoked ${day(revokedAt)}`
          : isLiveKey(record, Date.now())
            ? 'live'
            : `expired ${day(expiresAt ?? 0)}`
      const admin = scopesOf(record.scopes).includes('admin') ? ['admin'] : []
      return `${[id, producer, day(createdAt), state, ...admin].join('\t')}\n`
    })
    .join('')
}

async function run([command, name, flag]: string[]): Promise<string> {
  if (command === 'create' && name !== undefined && (flag === undefined || flag === '--admin'))
    return create(name, flag === '--admin')
  if (command === 'revoke' && name !== undefined) return revoke(name)
  if (command === 'list') return list()
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
  store.close()
  redis.disconnect()
}
