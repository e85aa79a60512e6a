import { batchOf, editOf, memory, problem, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

describe('restyle watch', () => {
  it('ends with 1 when some failed, grouped with what to do', async () => {
    const failure = { code: 'DataInspectionFailed', message: 'inappropriate' }
    world.answer = ({ url }) =>
      url.includes('/edits')
        ? { edits: [editOf({}), editOf({ key: 'cup', state: 'failed', images: [], failure })] }
        : batchOf(2, world.seen.length < 3 ? { queued: 2 } : { succeeded: 1, failed: 1 })
    const { exitCode, stdout, stderr } = await world.restyle(['watch', 'batch_1'])
    expect(exitCode).toBe(1)
    expect(stdout).toBe('2/2  failed 1  images 1  CNY 0.20  10s\n')
    expect(stderr).toBe(
      '1 failed with DataInspectionFailed: inappropriate\n  cup\n' +
        '  what to do: Change the prompt or the source image; a refused result may pass with another seed.\n' +
        '1 of 2 did not succeed: restyle results batch_1\n',
    )
  })

  it('waits for more rows of a batch that is open', async () => {
    world.answer = () =>
      world.seen.length < 3 ? { ...batchOf(1, { succeeded: 1 }), open: true } : batchOf(2, { succeeded: 2 })
    const { exitCode, stdout } = await world.restyle(['watch', 'batch_1'])
    expect({ exitCode, looks: world.seen.length }).toEqual({ exitCode: 0, looks: 3 })
    expect(stdout).toBe('2/2  images 2  CNY 0.40  10s\n')
  })

  it('says once why nothing of it goes, and how to go on', async () => {
    const stops = [
      { reason: 'person', at: '2026-03-02T21:00:00.000Z' },
      { reason: 'budget', at: '2026-03-02T21:00:00.000Z', detail: 'The budget is used up.' },
    ]
    world.answer = () =>
      world.seen.length < 4 ? { ...batchOf(1, { queued: 1 }), stops } : batchOf(1, { succeeded: 1 })
    const { exitCode, stderr } = await world.restyle(['watch', 'batch_1'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr:
        'it is paused: restyle resume batch_1\n' +
        'it stands still: The budget is used up. (restyle budget batch_1 <amount>)\n',
    })
  })

  it('rewrites one line on a terminal', async () => {
    world.answer = () => batchOf(1, { succeeded: 1 })
    const stdout = memory({ isTTY: true, columns: 40 })
    await world.restyle(['watch', 'batch_1'], { stdout: stdout.out })
    expect(stdout.text()).toBe('\r\u001b[2K██████████ 1/1  images 1  CNY 0.20  10s\n')
  })

  it('says on a line of its own, and once, that the producer is away, and waits as it asks', async () => {
    world.answer = (_seen, response) => {
      if (world.seen.length > 1 && world.seen.length < 14) {
        response.writeHead(503, { 'retry-after': '30' })
        return problem('unavailable', 'The bucket is away.')
      }
      return batchOf(1, world.seen.length === 1 ? { queued: 1 } : { succeeded: 1 })
    }
    const terminal = memory({ isTTY: true, columns: 40 })
    const waits: number[] = []
    await world.restyle(['watch', 'batch_1'], {
      stdout: terminal.out,
      stderr: terminal.out,
      wait: async (ms) => waits.push(ms),
    })
    expect(terminal.text().match(/away/g)).toHaveLength(1)
    expect(terminal.text()).toContain('\nThe bucket is away.; asking again\n')
    // two rounds of six tries, and the watching between them waits as long as it is asked to
    expect(waits.filter((ms) => ms === 30_000)).toHaveLength(12)
  })

  it('leaves the batch alone on Ctrl-C and says how to watch again', async () => {
    const stop = new AbortController()
    world.answer = () => batchOf(1, { queued: 1 })
    const { exitCode, stderr } = await world.restyle(['watch', 'batch_1'], {
      signal: stop.signal,
      wait: async () => {
        stop.abort()
        stop.signal.throwIfAborted()
      },
    })
    expect({ exitCode, stderr }).toEqual({
      exitCode: 130,
      stderr: 'The batch continues. Watch it again with: restyle watch batch_1\n',
    })
  })

  it('waits for a producer that goes away meanwhile', async () => {
    world.answer = () => {
      if (world.seen.length > 1 && world.seen.length < 9) return undefined
      return batchOf(1, world.seen.length === 1 ? { queued: 1 } : { succeeded: 1 })
    }
    const { exitCode, stderr } = await world.restyle(['watch', 'batch_1'])
    expect(exitCode).toBe(0)
    expect(stderr).toContain('; asking again\n')
  })

  it('says once how many are held and how to decide, and continues', async () => {
    const counts = [{ queued: 2 }, { review: 1, queued: 1 }, { review: 1, queued: 1 }, { succeeded: 2 }]
    world.answer = () => batchOf(2, counts[world.seen.length - 1] ?? {})
    const { exitCode, stderr } = await world.restyle(['watch', 'batch_1'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: '1 held: a person must decide before the batch can end, see: restyle review\n',
    })
  })
})
