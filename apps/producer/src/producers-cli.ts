import { Budget, textOfMoney } from '@restyle/shared/contract/money'
import {
  type Cap,
  Cap as CapSchema,
  limitNames,
  ProducerSettings,
  type SettingsChange,
  TimeZone,
  Weight,
} from '@restyle/shared/contract/producer'
import { RestyleError } from '@restyle/shared/errors'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { changeProducer } from '@restyle/shared/receipt/producer-settings'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { tryRedis } from '@restyle/shared/redis/try-redis'
import { openStore } from '@restyle/shared/store/store'
import { readConfig } from './config.ts'

const usage = `usage: node apps/producer/src/producers-cli.ts <command>
  list
  weight <producer> <1 to 1000>
  cap <producer> <total | day> <amount, such as 100.00, or none> <CNY | USD>
  zone <producer> <time zone, such as Europe/Paris>
  rate <producer> <requests a minute, or none>
  places <producer> <streams and waiting reads at once, or none>
  open-edits <producer> <edits that have not ended, or none>
`

const config = await exitOnKnownError(() => readConfig())
const redis = connectRedis(config.redisUrl, 'producer', () => {})
const ledger = openLedger(redis, config.prefix)
const store = openStore(config.store)

async function settingsOf(name: string): Promise<ProducerSettings> {
  const settings = await ledger.readProducer(name)
  if (settings === undefined) throw noSuchProducer(name)
  return settings
}

function lineOf(name: string, settings: ProducerSettings): string {
  const { weight, zone, caps } = settings
  const money = caps.map((cap) => `${textOfMoney(cap)} ${capWords[cap.per]}`)
  const limits = limitNames.flatMap((limit) =>
    settings[limit] === undefined ? [] : [`${limit} ${settings[limit]}`],
  )
  return `${[name, `weight ${weight}`, zone, ...money, ...limits].join('\t')}\n`
}

const capWords = { total: 'in all', day: 'a day' } as const

const noSuchProducer = (name: string) =>
  new RestyleError('NoSuchProducer', `no such producer: ${name} (one that has an API key; see list)`)

async function change(name: string, changed: SettingsChange): Promise<string> {
  const settings = await changeProducer(name, changed, { ledger, store }, Date.now())
  if (settings === undefined) throw noSuchProducer(name)
  return lineOf(name, settings)
}

function weightOf(text: string): Weight {
  const weight = Weight.safeParse(/^\d+$/.test(text) ? Number(text) : text)
  if (weight.success) return weight.data
  throw new RestyleError('BadWeight', `a weight is a whole number from 1 to 1000, and not ${text}`)
}

function zoneOf(text: string): string {
  const zone = TimeZone.safeParse(text)
  if (zone.success) return zone.data
  throw new RestyleError('BadZone', `${text} is no time zone, such as Europe/Paris or Asia/Shanghai`)
}

/** The commands that set a limit, by the names of these. */
const limitCommands: Readonly<Record<string, (typeof limitNames)[number]>> = {
  rate: 'rate',
  places: 'places',
  'open-edits': 'openEdits',
}

function limitOf(limit: (typeof limitNames)[number], text: string): SettingsChange {
  if (text === 'none') return { [limit]: null }
  const read = ProducerSettings.shape[limit].safeParse(/^\d+$/.test(text) ? Number(text) : text)
  if (read.success) return { [limit]: read.data }
  throw new RestyleError('BadLimit', `a limit is a whole number above 0, or none; and not ${text}`)
}

/** Micros, without the detour over a binary fraction. */
function microsOf(text: string): number {
  const [, whole, part = ''] = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text) ?? []
  const micros = whole === undefined ? NaN : Number(whole) * 1_000_000 + Number(part.padEnd(6, '0'))
  if (Budget.shape.micros.safeParse(micros).success) return micros
  throw new RestyleError('BadAmount', `an amount is like 100 or 0.25, above 0, or none; and not ${text}`)
}

/** The caps of a producer with this one in the place of its like. */
async function capsWith(name: string, [kind, amount, unit]: string[]): Promise<Cap[]> {
  const like = CapSchema.pick({ per: true, currency: true }).safeParse({ per: kind, currency: unit })
  if (!like.success || amount === undefined)
    throw new RestyleError('BadCap', `a cap is for total or day, an amount, and CNY or USD`)
  const { per, currency } = like.data
  const others = (await settingsOf(name)).caps.filter((cap) => cap.per !== per || cap.currency !== currency)
  return amount === 'none' ? others : [...others, { per, currency, micros: microsOf(amount) }]
}

async function run([command, name, ...rest]: string[]): Promise<string> {
  const [text] = rest
  if (command === 'list') {
    const names = await ledger.listProducers()
    return (await Promise.all(names.map(async (each) => lineOf(each, await settingsOf(each))))).join('')
  }
  if (name !== undefined && text !== undefined) {
    const limit = limitCommands[command ?? '']
    if (limit !== undefined) return change(name, limitOf(limit, text))
    if (command === 'weight') return change(name, { weight: weightOf(text) })
    if (command === 'zone') return change(name, { zone: zoneOf(text) })
    if (command === 'cap') return change(name, { caps: await capsWith(name, rest) })
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
  store.close()
  redis.disconnect()
}
