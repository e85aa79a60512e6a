import { createLog } from '@restyle/shared/log'
import { closeSoon, leave } from './leave.ts'

const never = new Promise<never>(() => {})
const patience = { stepsMs: 2_000, redisMs: 20, closeMs: 20 }

/** Leaves, and gives why it was cut short; undefined where it was not. */
async function reasonOf(steps: Promise<unknown>, ping: () => Promise<unknown>, more: object = {}) {
  const said: { why?: string }[] = []
  let cuts = 0
  const log = createLog('info', { write: (line) => void said.push(JSON.parse(line) as { why?: string }) })
  await leave(steps, { ping, cut: () => (cuts += 1), log }, { ...patience, ...more })
  expect(cuts).toBe(said.length)
  return said[0]?.why
}

describe('a worker that leaves', () => {
  it('waits for its steps while Redis answers', async () => {
    const steps = Promise.withResolvers<void>()
    setTimeout(steps.resolve, 100)
    expect(await reasonOf(steps.promise, async () => 'PONG')).toBeUndefined()
  })

  it('cuts them off when Redis gives no answer, or says that it is gone', async () => {
    expect(await reasonOf(never, () => never)).toBe('redis is away')
    expect(await reasonOf(never, () => Promise.reject(new Error('gone')))).toBe('redis is away')
  })

  it('cuts them off when their time is over', async () => {
    expect(await reasonOf(never, async () => 'PONG', { stepsMs: 50 })).toBe('late')
  })

  it('does not wait for what cannot be closed, nor mind what fails to', async () => {
    await closeSoon(() => never, patience)
    await expect(closeSoon(() => Promise.reject(new Error('no')), patience)).resolves.toBeUndefined()
  })
})
