import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProxy, type Proxy } from './tcp-proxy.ts'

let echo: Server
let proxy: Proxy
let received = 0
const open = new Set<Socket>()

beforeEach(async () => {
  received = 0
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => (received += bytes.length))
    socket.pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const address = echo.address()
  if (typeof address !== 'object' || !address) throw new Error('no address')
  proxy = await startProxy({ target: { host: '127.0.0.1', port: address.port }, random: () => 1 })
})

afterEach(async () => {
  for (const socket of open) socket.destroy()
  open.clear()
  await proxy.stop()
  echo.close()
  await once(echo, 'close')
})

/** A client that remembers what came and how it ended. */
async function dial(port = proxy.port) {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  open.add(socket)
  const seen = { bytes: Buffer.alloc(0), ended: false, code: '' }
  socket.on('data', (bytes) => (seen.bytes = Buffer.concat([seen.bytes, bytes])))
  socket.on('end', () => (seen.ended = true))
  socket.on('error', (error: NodeJS.ErrnoException) => (seen.code = error.code ?? ''))
  const closed = once(socket, 'close').catch(() => once(socket, 'close'))
  await once(socket, 'connect')
  const got = async (length: number) => {
    while (seen.bytes.length < length) {
      if (socket.closed) throw new Error(`closed after ${seen.bytes.length} of ${length} bytes`)
      await Promise.race([once(socket, 'data'), closed])
    }
    return seen.bytes.toString('latin1')
  }
  return { socket, seen, closed, got }
}

async function since(start: number, work: Promise<unknown>) {
  await work
  return performance.now() - start
}

describe('startProxy', () => {
  it('carries bytes both ways and the end of each direction by itself', async () => {
    const { socket, seen, closed } = await dial()
    const bytes = Buffer.alloc(3_000_000, 'restyle')
    socket.end(bytes)
    await closed
    expect(seen.bytes.equals(bytes)).toBe(true)
    expect(seen).toMatchObject({ ended: true, code: '' })
    expect(proxy.url('redis')).toBe(`redis://127.0.0.1:${proxy.port}`)
  })

  it('delays each way by the latency and its jitter', async () => {
    proxy.faults.latency(40, 10)
    const { socket, got } = await dial()
    const start = performance.now()
    socket.write('ping')
    expect(await since(start, got(4))).toBeGreaterThanOrEqual(95)
    expect(proxy.faults.fired.latency).toBe(2)
  })

  it('holds everything in a blackhole and delivers it after healing', async () => {
    const { socket, seen, got } = await dial()
    socket.write('before')
    await got(6)
    proxy.faults.blackhole()
    socket.write('during')
    await sleep(50)
    expect(received).toBe(6)
    await proxy.faults.heal()
    expect(await got(12)).toBe('beforeduring')
    expect(seen.code).toBe('')
    expect(proxy.faults.fired.blackhole).toBe(1)
  })

  it('holds only the answers when only that way is a blackhole', async () => {
    proxy.faults.blackhole('down')
    const { socket, seen, got } = await dial()
    socket.write('request')
    while (received < 7) await sleep(5)
    await sleep(50)
    expect(seen.bytes).toHaveLength(0)
    await proxy.faults.heal()
    expect(await got(7)).toBe('request')
  })

  it('resets every open connection', async () => {
    const clients = [await dial(), await dial()]
    for (const { socket, got } of clients) {
      socket.write('x')
      await got(1)
    }
    proxy.faults.reset()
    for (const { closed, seen } of clients) {
      await closed
      expect(seen.code).toBe('ECONNRESET')
    }
    expect(proxy.faults.fired.reset).toBe(2)
  })

  it('refuses connections until healed, on the same port', async () => {
    const { closed, seen } = await dial()
    await proxy.faults.refuse()
    await closed
    expect(seen.code).toBe('ECONNRESET')
    await expect(dial()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await proxy.faults.heal()
    const { socket, got } = await dial()
    socket.write('back')
    expect(await got(4)).toBe('back')
    expect(proxy.faults.fired.refuse).toBe(1)
  })

  it('cuts an answer after exactly so many bytes, and only as often as asked', async () => {
    proxy.faults.cut(10, 'down', 1)
    const first = await dial()
    first.socket.write('0123456')
    await first.got(7)
    first.socket.write('789abcdef')
    await once(first.socket, 'end')
    expect(first.seen.bytes.toString()).toBe('0123456789')

    const second = await dial()
    second.socket.write('0123456789abcdef')
    expect(await second.got(16)).toBe('0123456789abcdef')
    expect(proxy.faults.fired.cut).toBe(1)
  })

  it('cuts a request after exactly so many bytes', async () => {
    proxy.faults.cut(5, 'up')
    const { socket, closed, seen } = await dial()
    socket.write('0123456789')
    await closed
    expect(seen.code).toBe('ECONNRESET')
    expect(received).toBe(5)
  })

  it('passes no more bytes a second than the bandwidth', async () => {
    proxy.faults.bandwidth(10_000, 'down')
    const { socket, got } = await dial()
    const start = performance.now()
    socket.write(Buffer.alloc(3_000, 1))
    expect(await since(start, got(3_000))).toBeGreaterThanOrEqual(290)
    expect(proxy.faults.fired.bandwidth).toBeGreaterThan(0)
  })

  it('shares one line among all connections where that is wanted', async () => {
    proxy.faults.bandwidth(20_000, 'down', 'shared')
    const clients = [await dial(), await dial(), await dial()]
    const start = performance.now()
    for (const { socket } of clients) socket.write(Buffer.alloc(2_000, 1))
    const ends = await Promise.all(clients.map(({ got }) => since(start, got(2_000))))
    // 6,000 bytes through 20,000 a second; the last comes when the line is through, the first not long before
    expect(Math.max(...ends)).toBeGreaterThanOrEqual(290)
    expect(Math.min(...ends)).toBeGreaterThanOrEqual(200)
  })

  it('loses the answer to the next request that matches, after the target has seen it', async () => {
    const lost = proxy.faults.nextReplyLost((request) => request.includes('POST'))
    const { socket, got, closed, seen } = await dial()
    socket.write('GET')
    expect(await got(3)).toBe('GET')
    socket.write('POST')
    await lost
    await closed
    expect(seen).toMatchObject({ code: 'ECONNRESET' })
    expect(seen.bytes.toString()).toBe('GET')
    expect(received).toBe(7)

    const again = await dial()
    again.socket.write('POST')
    expect(await again.got(4)).toBe('POST')
    expect(proxy.faults.fired.replyLost).toBe(1)
  })

  it('resets a client whose target is not there', async () => {
    const nowhere = await startProxy({ target: { host: '127.0.0.1', port: 1 } })
    const { closed, seen } = await dial(nowhere.port)
    await closed
    expect(seen.code).toBe('ECONNRESET')
    await nowhere.stop()
  })

  it('stops in the middle of a blackhole', async () => {
    proxy.faults.blackhole()
    const { socket, closed } = await dial()
    socket.write('held')
    await sleep(20)
    await proxy.stop()
    await closed
    expect(received).toBe(0)
  })
})
