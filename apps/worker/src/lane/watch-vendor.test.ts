import type { DashScope } from '@restyle/dashscope/client'
import { defaultModel } from '@restyle/dashscope/models'
import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import { createLog } from '@restyle/shared/log'
import { watchVendor } from './watch-vendor.ts'

const minute = 60_000
const accepted: SubmitOutcome = { kind: 'accepted', taskId: 't' }
const notSent: SubmitOutcome = { kind: 'refused', code: 'NotSent', message: 'no route', action: 'retryLater' }
const throttled: SubmitOutcome = { ...notSent, code: 'Throttling', message: 'slow down', httpStatus: 429 }
const failing: SubmitOutcome = { kind: 'unknown', cause: '5xx', detail: 'HTTP 500', httpStatus: 500 }
const silent = { kind: 'unanswered', code: 'NoAnswer', message: 'no answer', action: 'askAgain' } as const

/** A lane whose vendor answers what it is told to; `lines`: what a person hears. */
function listen() {
  const written: { level: string; msg: string }[] = []
  const log = createLog('info', { write: (line) => void written.push(JSON.parse(line)) })
  let now = 0
  let outcome = accepted
  const client = {
    submit: async () => outcome,
    task: async () => silent,
    list: async () => ({ kind: 'page', tasks: [] }),
  } as unknown as DashScope
  const watched = watchVendor(client, 'one', log, () => now)
  return {
    submit: async (next: SubmitOutcome, minutes: number) => {
      for (let i = 0; i < minutes; i += 1) {
        outcome = next
        await watched.submit(defaultModel, {})
        now += minute
      }
    },
    ask: () => watched.task('t'),
    pass: (minutes: number) => (now += minutes * minute),
    lines: () => written.map(({ level, msg }) => `${level}: ${msg}`),
  }
}

describe('a vendor', () => {
  const unreached = 'error: vendor has not been reached for minutes'

  it('that cannot be reached for minutes calls a person once, and is told to be back', async () => {
    const { submit, lines } = listen()
    await submit(notSent, 5)
    expect(lines()).toEqual([])
    await submit(notSent, 20)
    expect(lines()).toEqual([unreached])
    await submit(accepted, 1)
    expect(lines()).toEqual([unreached, 'info: vendor answers again'])
  })

  it('that throttles or fails every submit is there, and so is one that was asked too late', async () => {
    const { submit, lines } = listen()
    await submit(throttled, 20)
    await submit(failing, 20)
    await submit({ ...notSent, code: 'TooLate' }, 20)
    expect(lines()).toEqual([])
  })

  it('is silent only where nobody hears it: an answer to a question ends it, an hour without one is no silence', async () => {
    const { submit, ask, pass, lines } = listen()
    await ask()
    await ask()
    pass(60)
    await ask()
    expect(lines()).toEqual([])
    await submit(throttled, 1)
    for (let i = 0; i < 4; i += 1) {
      await ask()
      pass(1)
    }
    expect(lines()).toEqual([])
    pass(3)
    await ask()
    expect(lines()).toEqual([unreached])
  })
})
