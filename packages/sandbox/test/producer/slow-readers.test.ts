import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { fine, openProducer, type World } from './open-producer.ts'
import { openSse } from './open-sse.ts'

const events = 400

describe('a reader of a stream of events', () => {
  let world: World
  let key: string
  let cursors: string[]

  beforeAll(async () => {
    world = await openProducer({ patience: { unsentMs: 2_000, endMs: 200 } })
    const headers = await world.keyOf('shop')
    key = headers.authorization
    await world.producer.app
      .inject({ method: 'POST', url: '/v1/edits', headers, payload: fine })
      .then(async (answer) => {
        const ledger = openLedger(world.redis, world.prefix)
        const edit = await ledger.read(answer.json().id)
        if (edit === undefined) throw new Error('no edit')
        await ledger.move(edit, { to: 'canceled' })
      })
    // 24 MB: more than any socket holds
    const stream = `${world.prefix}:events:shop`
    const fields = (await world.redis.xrange(stream, '-', '+'))[0]?.[1] ?? []
    const long = fields.map((text) => text.replace(fine.prompt, 'x'.repeat(60_000)))
    const pipeline = world.redis.pipeline()
    for (let i = 0; i < events; i += 1) pipeline.xadd(stream, '*', ...long)
    cursors = ((await pipeline.exec()) ?? []).map(([, id]) => String(id))
  })
  afterAll(() => world.stop())

  /** A connection that asks for the stream and reads nothing of the answer but what `read` says. */
  async function stalled(): Promise<Socket> {
    const { hostname, port } = new URL(world.producer.url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(
      `GET /v1/events HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\nauthorization: ${key}\r\n\r\n`,
    )
    return socket
  }

  it('who takes nothing is cut, holds little until then, and gets all the rest with Last-Event-ID', async () => {
    const before = process.memoryUsage().heapUsed
    const socket = await stalled()
    const cut = world.until(
      async () => world.lines.some((line) => line.includes('whose reader took nothing')),
      20_000,
    )
    await cut
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024)
    let text = ''
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    await once(socket, 'close')
    const last = [...text.matchAll(/^id: (\d+-\d+)$/gm)].at(-1)?.[1] ?? ''
    const at = cursors.indexOf(last)
    expect(at).toBeLessThan(events - 1)
    const rest = await openSse(`${world.producer.url}/v1/events`, {
      authorization: key,
      'last-event-id': last,
    })
    for (const cursor of cursors.slice(at + 1)) expect(await rest.next()).toMatchObject({ id: cursor })
    rest.cut()
  })

  it('who takes a little now and then is not', async () => {
    const told = world.lines.filter((line) => line.includes('took nothing')).length
    const socket = await stalled()
    let bytes = 0
    const began = performance.now()
    while (performance.now() - began < 6_000) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      bytes += (socket.read() as Buffer | null)?.length ?? 0
    }
    expect(socket.destroyed).toBe(false)
    expect(bytes).toBeGreaterThan(0)
    expect(world.lines.filter((line) => line.includes('took nothing'))).toHaveLength(told)
    socket.destroy()
  })

  it('who was away for too long is told what is no longer kept', async () => {
    const [first = '', second = '', third = ''] = cursors
    await world.redis.set(`${world.prefix}:events:shop:trimmed`, second)
    await world.redis.xtrim(`${world.prefix}:events:shop`, 'MINID', third)
    const gap = { after: first, upTo: second }
    const headers = { authorization: key }
    const page = await world.producer.app.inject({ url: `/v1/events?cursor=${first}&limit=1`, headers })
    expect(page.json()).toMatchObject({ events: [{}], cursor: third, gap })
    const sse = await openSse(`${world.producer.url}/v1/events?cursor=${first}`, headers)
    expect(await sse.next()).toEqual({ id: second, event: 'gap', data: JSON.stringify(gap) })
    expect(await sse.next()).toMatchObject({ id: third, event: 'restyle.edit.canceled' })
    sse.cut()
    for (const whole of ['', '?cursor=0']) {
      const all = await world.producer.app.inject({ url: `/v1/events${whole}`, headers })
      expect(all.json()).not.toHaveProperty('gap')
    }
  })

  it('who takes nothing does not keep a producer from stopping', async () => {
    const socket = await stalled()
    await world.until(async () => socket.readableLength > 0)
    const began = performance.now()
    await world.producer.stop()
    expect(performance.now() - began).toBeLessThan(4_000)
    socket.destroy()
  })
})
