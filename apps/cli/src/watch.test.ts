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

  const noWorker = {
    code: 'no-worker' as const,
    detail: 'No worker runs for wan2.5-i2i-preview. It goes on when one is started.',
  }

  it('says once why nothing of it is on its way, and again when that changes', async () => {
    const slots = { code: 'slots' as const, detail: 'Other edits use all 5 slots.' }
    // how many there are is no other reason
    const fewer = { ...slots, detail: 'Other edits use all 4 slots.' }
    const waits = [noWorker, noWorker, slots, fewer]
    world.answer = () => {
      const waitsFor = waits[world.seen.length - 1]
      return waitsFor === undefined
        ? batchOf(1, { succeeded: 1 })
        : { ...batchOf(1, { queued: 1 }), waitsFor }
    }
    const { exitCode, stderr } = await world.restyle(['watch', 'batch_1'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `it waits: ${noWorker.detail}\nit waits: ${slots.detail}\n`,
    })
  })

  it('says it under the line on a terminal, no wider than that, and takes it away again', async () => {
    world.answer = () =>
      world.seen.length < 3
        ? { ...batchOf(7, { queued: 7 }), waitsFor: noWorker }
        : batchOf(7, { succeeded: 7 })
    const terminal = memory({ isTTY: true, columns: 60 })
    const { stderr } = await world.restyle(['watch', 'batch_1'], { stdout: terminal.out })
    expect(stderr).toBe('')
    const below =
      '\n\u001b[33m  No worker runs for wan2.5-i2i-preview. It goes on when\u001b[0m' +
      '\n\u001b[33m  one is started.\u001b[0m'
    const [first = '', second = '', last = ''] = terminal.text().split(below)
    expect(first).toContain('0/7  \u001b[33mstands still\u001b[0m  images 0')
    const above = '\r\u001b[2K\u001b[1A\u001b[2K\u001b[1A\u001b[2K'
    expect(second.startsWith(above)).toBe(true)
    expect(last.startsWith(above)).toBe(true)
    expect(last).toMatch(/7\/7 {2}images 7 .*\n$/)
  })

  it('gives a program what was seen last, with why it waits, when it is ended', async () => {
    const stop = new AbortController()
    world.answer = () => ({ ...batchOf(7, { queued: 7 }), waitsFor: noWorker })
    const { stdout } = await world.restyle(['watch', 'batch_1', '--json'], {
      signal: stop.signal,
      wait: async () => {
        stop.abort()
        stop.signal.throwIfAborted()
      },
    })
    expect(JSON.parse(stdout)).toMatchObject({ id: 'batch_1', waitsFor: noWorker })
  })

  it('rewrites one line on a terminal', async () => {
    world.answer = () => batchOf(1, { succeeded: 1 })
    const stdout = memory({ isTTY: true, columns: 40 })
    await world.restyle(['watch', 'batch_1'], { stdout: stdout.out })
    expect(stdout.text()).toBe('\r\u001b[2K\u001b[32m██████████\u001b[0m 1/1  images 1  CNY 0.20  10s\n')
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

  it('leaves the batch alone on Ctrl-C, and says what was paid and how to go on', async () => {
    const stop = new AbortController()
    const cost = { currency: 'CNY', micros: 19_600_000, reservedMicros: 1_000_000 }
    world.answer = () => ({ ...batchOf(200, { queued: 97, running: 5, succeeded: 98 }), cost })
    const { exitCode, stderr } = await world.restyle(['watch', 'batch_1'], {
      signal: stop.signal,
      wait: async () => {
        stop.abort()
        stop.signal.throwIfAborted()
      },
    })
    expect({ exitCode, stderr }).toEqual({
      exitCode: 130,
      stderr:
        'Paid so far: CNY 19.60, 98 images stored; CNY 1.00 more is reserved for what runs.\n' +
        'The batch continues. Watch it again with: restyle watch batch_1\n' +
        'Hold it back with: restyle pause batch_1\n' +
        'End it with: restyle cancel batch_1\n',
    })
  })

  it('shows failures as they happen, each once and above the line', async () => {
    const failed = (id: string) =>
      editOf({ id, key: id, state: 'failed', failure: { code: 'Odd', message: 'too dark' } })
    const counts = [{ queued: 2 }, { failed: 1, queued: 1 }, { failed: 1, queued: 1 }, { failed: 2 }]
    let looks = 0
    world.answer = ({ url }) => {
      if (url.includes('state=failed')) return { edits: ['a', 'b'].slice(0, looks - 1).map(failed) }
      if (url.includes('/edits')) return { edits: [failed('a'), failed('b')] }
      looks += 1
      return batchOf(2, counts[looks - 1] ?? {})
    }
    const terminal = memory({ isTTY: true, columns: 60 })
    await world.restyle(['watch', 'batch_1'], { stdout: terminal.out })
    const red = '\r\u001b[2K\u001b[31mfailed: a: Odd: too dark\u001b[0m\n'
    expect(terminal.text().split(red)).toHaveLength(2)
    expect(terminal.text()).not.toContain('failed: b')
  })

  it('names no more than twenty failures, and none for a program', async () => {
    const failed = Array.from({ length: 30 }, (_, i) =>
      editOf({ id: `e${i}`, key: `k${i}`, state: 'failed', failure: { code: 'Odd', message: 'x' } }),
    )
    let looks = 0
    world.answer = ({ url }) => {
      if (url.includes('/edits')) return { edits: failed }
      looks += 1
      return batchOf(31, looks < 3 ? { failed: 30, queued: 1 } : { failed: 30, succeeded: 1 })
    }
    const { stdout } = await world.restyle(['watch', 'batch_1'])
    expect(stdout.match(/^failed: /gm)).toHaveLength(20)
    expect(stdout).toContain('further failures are shown at the end\n')
    looks = 0
    const { stdout: json } = await world.restyle(['watch', 'batch_1', '--json'])
    expect(json).not.toContain('failed: ')
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
