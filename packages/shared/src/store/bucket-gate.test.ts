import { createLog } from '../log.ts'
import { openBucketGate } from './bucket-gate.ts'
import type { BucketCheck } from './check-bucket.ts'

const pace = { firstMs: 1, awayMs: 4, unfitMs: 1, soundMs: 1, recheckMs: 0 }
const away: BucketCheck = { kind: 'away', says: 'write a test object: SlowDown' }
const sound: BucketCheck = { kind: 'sound' }
const overwrites: BucketCheck = { kind: 'overwrites', says: 'the bucket overwrites' }
const never = new AbortController().signal

/** Finds these one after the other, and the last one from then on; `seen` ends when all were found. */
function openGate(...found: BucketCheck[]) {
  const lines: string[] = []
  let tries = 0
  const seen = Promise.withResolvers<void>()
  const log = createLog('info', {
    write: (line) => {
      const { level, msg, says = '' } = JSON.parse(line) as Record<string, string>
      lines.push([level, msg, says].filter((word) => word !== '').join(' | '))
    },
  })
  const check = async (): Promise<BucketCheck> => {
    const next = found[Math.min(tries, found.length - 1)] ?? away
    tries += 1
    if (tries > found.length + 2) seen.resolve()
    return next
  }
  return { gate: openBucketGate(check, log, pace), lines, seen: seen.promise }
}

const unfit = 'error | bucket cannot be relied on: nothing is accepted or submitted until a person looked'

describe('the gate before a bucket', () => {
  it('opens when the first try finds it sound, without a word', async () => {
    const { gate, lines, seen } = openGate(sound)
    expect(await gate.opened(never)).toBe(true)
    await seen
    await gate.stop()
    expect([gate.isOpen(), lines]).toEqual([true, []])
  })

  it('says once that a new Redis took over the installation of the bucket', async () => {
    const { gate, lines, seen } = openGate({ kind: 'sound', adopted: true }, sound)
    await seen
    await gate.stop()
    expect(lines).toEqual([expect.stringMatching(/^warn \| this Redis knew of no installation/)])
  })

  it('stays shut while the bucket is away, tries again until it succeeded, and says each once', async () => {
    const { gate, lines } = openGate(away, away, away, sound)
    expect(await gate.first).toEqual(away)
    expect(gate.isOpen()).toBe(false)
    expect(await gate.opened(never)).toBe(true)
    await gate.stop()
    expect(lines).toEqual([
      'warn | bucket is away: nothing is accepted or submitted before it was tried once | write a test object: SlowDown',
      'info | bucket can be relied on',
    ])
  })

  it('stays shut where a bucket that was away turns out to overwrite, and calls a person once', async () => {
    const { gate, lines, seen } = openGate(away, overwrites)
    await seen
    expect(gate.isOpen()).toBe(false)
    await gate.stop()
    expect(lines.slice(1)).toEqual([`${unfit} | the bucket overwrites`])
  })

  it('shuts again where the bucket becomes unfit, and opens when it was mended', async () => {
    const { gate, lines, seen } = openGate(sound, overwrites, sound)
    await seen
    await gate.stop()
    expect(gate.isOpen()).toBe(true)
    expect(lines).toEqual([`${unfit} | the bucket overwrites`, 'info | bucket can be relied on'])
  })

  it('stays open while a bucket is away that was sound: its calls fail by themselves', async () => {
    const { gate, seen } = openGate(sound, away)
    await seen
    expect(gate.isOpen()).toBe(true)
    await gate.stop()
  })

  it('is tried at once when somebody asks for a recheck, and not again and again', async () => {
    let tries = 0
    const check = async (): Promise<BucketCheck> => (++tries > 1 ? overwrites : sound)
    const slow = { ...pace, soundMs: 3600_000, unfitMs: 3600_000 }
    const gate = openBucketGate(check, createLog('silent'), slow)
    await gate.first
    gate.recheck()
    while (gate.isOpen()) await new Promise(setImmediate)
    await gate.stop()
    expect(tries).toBe(2)

    const calm = openBucketGate(check, createLog('silent'), { ...slow, recheckMs: 3600_000 })
    await calm.first
    for (let i = 0; i < 10; i += 1) calm.recheck()
    await calm.stop()
    expect(tries).toBe(3)
  })

  it('lets go of who waits when told to', async () => {
    const { gate } = openGate(away)
    const stop = new AbortController()
    const waiting = gate.opened(stop.signal)
    stop.abort()
    expect(await waiting).toBe(false)
    expect(await gate.opened(stop.signal)).toBe(false)
    await gate.stop()
  })
})
