import { setTimeout } from 'node:timers/promises'
import { createLog } from '@restyle/shared/log'
import { runDuty } from './duty.ts'
import type { Pulse } from './hand/pulse.ts'

/** Does a duty whose turns are `works`, one after the other, until the last of them is over. */
async function turns(limitMs: number, works: ((pulse: Pulse) => Promise<unknown>)[]) {
  const lines: { level: string; msg: string }[] = []
  const log = createLog('debug', { write: (line) => void lines.push(JSON.parse(line)) })
  const stop = new AbortController()
  const signals: AbortSignal[] = []
  const work = async (pulse: Pulse) => {
    signals.push(pulse.signal)
    const next = works.shift()
    if (next === undefined) return stop.abort()
    await next(pulse)
  }
  await runDuty({ name: 'audit', everyMs: 1, limitMs, work }, { log, stopping: stop.signal })
  return { said: lines.map(({ level, msg }) => `${level}: ${msg}`), signals }
}

const hang = () => new Promise(() => {})
const given = 'error: duty hangs: it was given up and is begun anew'

describe('a duty', () => {
  it('that hangs is ended by its limit and begun anew, which a person hears of once', async () => {
    const { said, signals } = await turns(20, [hang, hang, async () => {}])
    expect(said).toEqual([given, 'info: duty ends again'])
    expect(signals[0]?.aborted).toBe(true)
  })

  it('that goes on is not ended, however long it takes', async () => {
    const { said } = await turns(100, [
      async ({ beat, signal }) => {
        for (let i = 0; i < 10; i += 1) {
          await setTimeout(20)
          beat()
        }
        expect(signal.aborted).toBe(false)
      },
    ])
    expect(said).toEqual([])
  })

  it('that fails after it was given up is not heard', async () => {
    const { said } = await turns(10, [
      async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        throw new Error('too late')
      },
      async () => {},
    ])
    expect(said).toEqual([given, 'info: duty ends again'])
  })
})
