import { Weight } from '@restyle/shared/contract/producer'
import { RestyleError } from '@restyle/shared/errors'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { tryRedis } from '@restyle/shared/redis/try-redis'
import { readConfig } from './config.ts'

const usage = 'usage: node apps/producer/src/producers-cli.ts list | weight <producer> <1 to 1000>\n'

const config = await exitOnKnownError(() => readConfig())
const redis = connectRedis(config.redisUrl, 'producer', () => {})
const ledger = openLedger(redis, config.prefix)

async function lineOf(name: string): Promise<string> {
  const settings = await ledger.readProducer(name)
  if (settings === undefined) throw noSuchProducer(name)
  return `${name}\tweight ${settings.weight}\n`
}

const noSuchProducer = (name: string) =>
  new RestyleError('NoSuchProducer', `no such producer: ${name} (one that has an API key; see list)`)

async function run([command, name, text]: string[]): Promise<string> {
  if (command === 'list') return (await Promise.all((await ledger.listProducers()).map(lineOf))).join('')
  if (command === 'weight' && name !== undefined && text !== undefined) {
    const weight = Weight.safeParse(/^\d+$/.test(text) ? Number(text) : text)
    if (!weight.success)
      throw new RestyleError('BadWeight', `a weight is a whole number from 1 to 1000, and not ${text}`)
    if (!(await ledger.setWeight(name, weight.data))) throw noSuchProducer(name)
    return lineOf(name)
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
