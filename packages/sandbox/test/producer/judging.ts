import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { openRetake } from '@restyle/shared/rows/retake'
import { feedRows } from '@restyle/shared/rows/rows-to-feed'
import { lane } from '../ledger/ledger-world.ts'
import { fine, openProducer } from './open-producer.ts'

const keyIdOf = ({ authorization }: { authorization: string }) => /rk_([^_]+)_/.exec(authorization)?.[1]
const room = { ...lane, running: 99, posting: 99, submitIntervalMicros: 0 }

/** `code`: with which its rows fail. */
type BatchOf = { name?: string; rows?: readonly object[]; code?: string }
type Sent = { headers?: object; as?: { authorization: string } }

/** A producer, two persons who judge what it made, and edits that end as they are told. */
export async function openJudging() {
  const world = await openProducer()
  const ledger = openLedger(world.redis, world.prefix)
  const [ana, ben] = [await world.keyOf('shop'), await world.keyOf('shop')]

  async function send(
    method: 'GET' | 'PUT' | 'POST',
    url: string,
    payload?: object,
    { headers, as = ana }: Sent = {},
  ) {
    const answer = await world.producer.app.inject({
      method,
      url,
      headers: { ...as, ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
    const { etag } = answer.headers
    return { status: answer.statusCode, tag: String(etag), body: answer.json<Record<string, unknown>>() }
  }

  /** The next edit ends so. */
  const end = (how: '+' | '-'): Promise<void> => endNext(ledger, how)

  /** A batch whose rows have ended so. `rows`: what they have besides. */
  async function batchOf(ends: string, { name, rows: more = [], code }: BatchOf = {}): Promise<string> {
    const edits = ends
      .split('')
      .map((_, i) => ({ ...fine, prompt: `row ${i}`, columns: { sku: `s${i}` }, ...more[i] }))
    const { body } = await send('POST', '/v1/batches', { edits, ...(name === undefined ? {} : { name }) })
    const next = await ledger.nextToFeed()
    if (next.kind !== 'feed') throw new Error('nobody is hungry')
    const rows = openRowReader(world.store)
    const { batch: id, producer, from } = next
    const read = await rows.rowsOf({ id, producer }, from, from + 1_000)
    await feedRows(ledger, id, read, next, openRetake({ ledger, store: world.store, rows }))
    for (const how of ends) await endNext(ledger, how === '+' ? '+' : '-', code)
    return String(body['id'])
  }
  async function single(): Promise<string> {
    const { body } = await send('POST', '/v1/edits', fine)
    await end('+')
    return String(body['id'])
  }
  return { world, ledger, ana, ben, keyIdOf, room, send, end, batchOf, single }
}
export type Judging = Awaited<ReturnType<typeof openJudging>>

/** The next edit ends so. */
async function endNext(ledger: Ledger, how: '+' | '-', code = 'Bad'): Promise<void> {
  const next = await ledger.admit(room)
  if (next.kind !== 'admitted') throw new Error(next.kind)
  const moved = async (edit: typeof next.edit, change: Parameters<Ledger['move']>[1]) => {
    const answer = await ledger.move(edit, change)
    if (answer.kind !== 'moved') throw new Error(answer.kind)
    return answer.edit
  }
  if (how === '-')
    return void (await moved(next.edit, { to: 'failed', set: { failure: { code, message: 'x' } } }))
  const stored = {
    key: `k/${next.edit.id}`,
    sha256: 'a',
    bytes: 1,
    width: 1,
    height: 1,
    contentType: 'image/png',
  }
  const running = await moved(next.edit, { to: 'running', set: { taskId: next.edit.id, submittedAt: 1 } })
  const rendered = await moved(running, {
    to: 'rendered',
    set: { images: [{ index: 0, stored }] },
    expiresAt: 9,
  })
  await moved(rendered, { to: 'succeeded', stored: 1 })
}
