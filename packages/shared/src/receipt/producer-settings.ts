import { z } from 'zod'
import { defaultSettings, ProducerSettings } from '../contract/producer.ts'
import type { Accounts, NumberedSettings } from '../ledger/accounts.ts'
import { settingsKey, settingsPrefix } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'

/*
 * What an admin has set for a producer. The bucket has every version, each created once; the newest counts. Redis has a copy
 * for the script that admits.
 */

const Kept = z.object({ v: z.literal(1), at: z.number(), settings: ProducerSettings })

type Tools = {
  ledger: Pick<Accounts, 'readProducer' | 'setProducer'> & { takesWrites(): Promise<void> }
  store: Store
}

/** The newest settings that the bucket has and that can be read; undefined where it has none. `said`: told of those that cannot. */
export async function newestSettings(
  store: Pick<Store, 'list' | 'get'>,
  producer: string,
  said: (key: string, error: unknown) => void = () => {},
): Promise<NumberedSettings | undefined> {
  const prefix = settingsPrefix(producer)
  const keys: string[] = []
  for await (const { key } of store.list(prefix)) keys.push(key)
  for (const key of keys.toReversed()) {
    try {
      const text = (await store.get(key))?.toString()
      if (text === undefined) continue
      return { ...Kept.parse(JSON.parse(text)).settings, version: Number(key.slice(prefix.length)) }
    } catch (error) {
      if (!(error instanceof z.ZodError) && !(error instanceof SyntaxError)) throw error
      said(key, error)
    }
  }
  return undefined
}

/** Two admins at the same moment: one of them sees what the other has set, and goes on from there. */
const mostTries = 10

/**
 * Changes what an admin has set for a producer; what is not named stays. The bucket hears of it first. Gives the settings, or
 * undefined for a producer that never had an API key. Throws what the store throws.
 */
export async function changeProducer(
  name: string,
  change: Partial<ProducerSettings>,
  { ledger, store }: Tools,
  now: number,
): Promise<ProducerSettings | undefined> {
  const known = await ledger.readProducer(name)
  if (known === undefined) return undefined
  // not of a change that the ledger will not take
  await ledger.takesWrites()
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { version: _, ...base } = (await newestSettings(store, name)) ?? known
    const settings = { ...defaultSettings, ...base, ...change }
    const version = (await newestVersion(store, name, known.version)) + 1
    if ((await putJson(store, settingsKey(name, version), { v: 1, at: now, settings })).kind === 'collision')
      continue
    await ledger.setProducer(name, { ...settings, version })
    return settings
  }
  throw new Error(`the settings of ${name} are changed by others all the time`)
}

/** The newest version of each producer that was ever set, by name. */
export async function settingsVersions(store: Pick<Store, 'list'>): Promise<Map<string, number>> {
  const all = settingsPrefix('').slice(0, -1)
  const versions = new Map<string, number>()
  for await (const { key } of store.list(all)) {
    const [producer = '', version] = key.slice(all.length).split('/')
    versions.set(producer, Math.max(versions.get(producer) ?? 0, Number(version)))
  }
  return versions
}

/** Also of one that cannot be read. */
async function newestVersion(store: Pick<Store, 'list'>, name: string, least: number): Promise<number> {
  const prefix = settingsPrefix(name)
  let newest = least
  for await (const { key } of store.list(prefix)) newest = Math.max(newest, Number(key.slice(prefix.length)))
  return newest
}
