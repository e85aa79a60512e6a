import { z } from 'zod'
import type { NumberedSettings } from '../contract/account.ts'
import { defaultSettings, ProducerSettings, type SettingsChange } from '../contract/producer.ts'
import { settingsKey, settingsPrefix } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'

/*
 * What an admin has set for a producer. The bucket has every version, each created once; the newest counts. Redis has a copy
 * for the script that admits.
 */

const Kept = z.object({ v: z.literal(1), at: z.number(), settings: ProducerSettings })

type Tools = {
  ledger: {
    readProducer(name: string): Promise<NumberedSettings | undefined>
    setProducer(name: string, settings: NumberedSettings): Promise<unknown>
    takesWrites(): Promise<void>
  }
  store: Store
}

/** The newest settings that the bucket has and that can be read; undefined where it has none. `said`: told of those that cannot. */
export async function newestSettings(
  store: Pick<Store, 'list' | 'get'>,
  producer: string,
  said: (key: string, error: unknown) => void = () => {},
): Promise<NumberedSettings | undefined> {
  return (await readSettings(store, producer, said)).settings
}

/** The same, and the newest version, be it readable or not; both as they were at one moment. */
async function readSettings(
  store: Pick<Store, 'list' | 'get'>,
  producer: string,
  said: (key: string, error: unknown) => void,
): Promise<{ settings: NumberedSettings | undefined; newest: number }> {
  const versions: number[] = []
  const prefix = settingsPrefix(producer)
  for await (const { key } of store.list(prefix)) versions.push(Number(key.slice(prefix.length)))
  const newest = versions.at(-1) ?? 0
  for (const version of versions.toReversed()) {
    const key = settingsKey(producer, version)
    try {
      const text = (await store.get(key))?.toString()
      if (text !== undefined)
        return { settings: { ...Kept.parse(JSON.parse(text)).settings, version }, newest }
    } catch (error) {
      if (!(error instanceof z.ZodError) && !(error instanceof SyntaxError)) throw error
      said(key, error)
    }
  }
  return { settings: undefined, newest }
}

/** Two admins at the same moment: one of them sees what the other has set, and goes on from there. */
const mostTries = 10

/**
 * Changes what an admin has set for a producer; what is not named stays, and `null` takes a limit away. The bucket hears of it first. Gives the settings, or
 * undefined for a producer that never had an API key. Throws what the store throws.
 */
export async function changeProducer(
  name: string,
  change: SettingsChange,
  { ledger, store }: Tools,
  now: number,
): Promise<ProducerSettings | undefined> {
  const known = await ledger.readProducer(name)
  if (known === undefined) return undefined
  // not of a change that the ledger will not take
  await ledger.takesWrites()
  for (let tries = 0; tries < mostTries; tries += 1) {
    const read = await readSettings(store, name, () => {})
    const { version: _, ...base } = read.settings ?? known
    const settings = changed(base, change)
    const version = Math.max(read.newest, known.version) + 1
    if ((await putJson(store, settingsKey(name, version), { v: 1, at: now, settings })).kind === 'collision')
      continue
    await ledger.setProducer(name, { ...settings, version })
    return settings
  }
  throw new Error(`the settings of ${name} are changed by others all the time`)
}

function changed(base: ProducerSettings, change: SettingsChange): ProducerSettings {
  const merged = Object.entries({ ...defaultSettings, ...base, ...change })
  return ProducerSettings.parse(Object.fromEntries(merged.filter(([, value]) => value !== null)))
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
