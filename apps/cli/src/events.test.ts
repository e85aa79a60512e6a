import { startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const frame = (id: number) =>
  `id: ${id}-0\nevent: restyle.edit.succeeded\ndata: {"id":\ndata: "event-${id}"}\n\n`

describe('restyle events', () => {
  it('prints all pages and where to continue', async () => {
    world.answer = ({ url }) => {
      const cursor = Number(new URLSearchParams(url.split('?')[1]).get('cursor') ?? 0)
      return cursor < 2
        ? { events: [{ id: cursor }], cursor: String(cursor + 1) }
        : { events: [], cursor: '2' }
    }
    expect(await world.restyle(['events'])).toEqual({
      exitCode: 0,
      stdout: '{"id":0}\n{"id":1}\n',
      stderr: 'continue from here with: restyle events --from 2\n',
    })
  })

  it('says which events are no longer kept, in pages and in a stream', async () => {
    const gap = { after: '1-0', upTo: '7-0' }
    const said = 'events after 1-0, up to 7-0, are no longer kept\n'
    world.answer = () => ({ events: [], cursor: '7-0', gap })
    expect((await world.restyle(['events', '--from', '1-0'])).stderr).toMatch(said)
    const stop = new AbortController()
    world.answer = (_seen, response) => {
      if (world.seen.length > 2) stop.abort()
      else response.end(`id: 7-0\nevent: gap\ndata: ${JSON.stringify(gap)}\n\n`)
      return null
    }
    const followed = await world.restyle(['events', '--follow', '--from', '1-0'], {
      signal: stop.signal,
      wait: async () => undefined,
    })
    expect(followed).toMatchObject({ exitCode: 0, stdout: '' })
    expect(followed.stderr).toMatch(said)
    expect(followed.stderr).toMatch('--from 7-0\n')
  })

  it('follows, and after each cut continues after the last event', async () => {
    const stop = new AbortController()
    world.answer = ({ headers }, response) => {
      if (headers.accept !== 'text/event-stream') return {}
      switch (world.seen.length) {
        case 1:
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          // the second event is cut in two: it has not arrived
          response.write(`: hello\n\n${frame(1)}id: 2-0\ndata: {"id"`, () => response.destroy())
          return null
        case 2:
          return undefined
        case 3:
          response.writeHead(503)
          return {}
        case 4:
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          response.end(frame(2) + frame(3))
          return null
        default:
          stop.abort()
          return undefined
      }
    }
    const waits: number[] = []
    const { exitCode, stdout } = await world.restyle(['events', '--follow', '--from', '0-7'], {
      signal: stop.signal,
      wait: async (ms) => waits.push(ms),
    })
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: '{"id":"event-1"}\n{"id":"event-2"}\n{"id":"event-3"}\n',
    })
    expect(world.seen.map(({ headers }) => headers['last-event-id'])).toEqual([
      '0-7',
      '1-0',
      '1-0',
      '1-0',
      '3-0',
    ])
    expect(waits).toEqual([500, 1000, 2000, 500])
  })

  it('remembers where now was, goes on from there after an outage, and says it at the end', async () => {
    const stop = new AbortController()
    world.answer = (_seen, response) => {
      if (world.seen.length < 3) {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(world.seen.length === 1 ? 'id: 7-0\n\n' : ': heartbeat\n\n')
        return null
      }
      stop.abort()
      return undefined
    }
    const { stderr } = await world.restyle(['events', '--follow', '--from', 'now'], { signal: stop.signal })
    expect(world.seen.map(({ headers }) => headers['last-event-id'])).toEqual(['now', '7-0', '7-0'])
    // the same break is logged once
    expect(stderr).toMatch(
      /^the stream of events was closed: .*; trying again\ncontinue from here with: restyle events --follow --from 7-0\n$/,
    )
  })

  it('ends when the key is refused', async () => {
    world.answer = (_seen, response) => {
      response.writeHead(401)
      return {}
    }
    const { exitCode, stderr } = await world.restyle(['events', '--follow'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('the API key was refused (401)')
    expect(world.seen).toHaveLength(1)
  })
})
