import { createClient } from '@restyle/client/client'
import type { Edit } from '@restyle/client/types'
import { startReceiver } from '../../src/webhook/start-receiver.ts'
import { openStory, type Story, strangerSubmits, until } from '../stories/story.ts'

const env = {
  // an edit of which nobody knows is held soon
  RESTYLE_RECEIPT_DEADLINE_MS: '1000',
  RESTYLE_POST_DEADLINE_MS: '2000',
  RESTYLE_SETTLE_MS: '200',
}

/** Whoever shows it as anything but text runs it. */
export const hostile = '<x-evil><img src=x onerror="document.title=1">'
const doubtful = `of which nobody knows ${hostile}`
const refused = `refused ${hostile}`
/** As long as a key may be, without a place to break it. */
export const longKey = 'K'.repeat(200)

/**
 * An installation with one of everything that pages show, made by the programs that make it elsewhere, under names of every kind.
 * `ids`: what stands in addresses.
 */
export async function openFullWorld() {
  const story = await openStory({ env, sources: 'photos' })
  const receiver = await startReceiver()
  const stop = async () => {
    await receiver.stop()
    await story.stop()
  }
  try {
    return { story, ids: await fill(story, receiver.url), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function fill(story: Story, receiver: string): Promise<Record<string, string>> {
  const { url, apiKey } = story.world
  const client = createClient({ url, key: apiKey })
  const { webhook } = await client.webhooks.add({ url: receiver, description: `orders ${hostile}` })
  await client.schedules.set('nightly', {
    cron: '0 22 * * *',
    timeZone: 'Europe/Paris',
    manifest: 's3://photos/catalog.csv',
    prompt: `the {{title}} ${hostile}`,
  })
  await client.schedules.run('nightly')
  await plantFaults(story)
  const images = [await story.picture()]
  const row = (key: string, prompt: string, n = 1) => ({ key, prompt, n, size: '768*768', images })
  const edits = [
    row('LAMP 1', 'on a light oak table', 2),
    row(hostile, `${hostile} ${'long '.repeat(380)}`),
    row('\u202eمصباح خشب', refused),
    row(longKey, '台灯🛋️'),
    row('=cmd()', 'on a table'),
    row('lost lamp', doubtful),
  ]
  const { id: batch } = await client.batches.create({
    edits,
    name: `spring catalog ${hostile} كتالوج`,
    budget: { currency: 'CNY', micros: 90_000_000 },
  })
  const rows = await until(async () => {
    const { edits: told } = await client.batches.editsOfRows(batch, '1-6')
    return told.every(({ state }) => /^(succeeded|failed|review)$/.test(state)) && told
  })
  for (const [at, verdict] of (['approved', 'rejected', undefined, 'redo'] as const).entries())
    if (verdict !== undefined) await client.verdicts.set(idOf(rows[at]), { verdict })
  await client.producers.set('local', { caps: [{ per: 'total', currency: 'CNY', micros: 90_000_000 }] })
  // what comes now waits
  await client.lanes.pause(story.lane)
  const waiting = await client.batches.create({
    edits: [row('later', 'on a table'), row('last', 'on a table, too')],
    name: 'lamps, once more',
    budget: { currency: 'CNY', micros: 40_000_000 },
  })
  const ids = { batch, waiting: waiting.id, webhook: webhook.id }
  return { ...ids, edit: idOf(rows[0]), hostile: idOf(rows[1]), failed: idOf(rows[2]), long: idOf(rows[3]) }
}

const idOf = (edit: Edit | undefined): string => edit?.id ?? ''

/** One prompt is refused in words that are markup; of another one nobody can know what became of it. */
async function plantFaults(story: Story): Promise<void> {
  const { faults } = story.world.dashscope
  await strangerSubmits(story, doubtful)
  faults.add({ at: 'submit', match: ({ prompt }) => prompt === doubtful, do: { type: 'reset' } })
  const message = `Input data may contain inappropriate content. ${hostile}`
  faults.add({
    at: 'task',
    match: ({ prompt }) => prompt === refused,
    do: { type: 'fail', code: 'DataInspectionFailed', message },
  })
}
