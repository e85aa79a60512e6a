import { withTimeout } from './with-timeout.ts'

describe('withTimeout', () => {
  it('gives what came in time, and throws what failed in time', async () => {
    expect(await withTimeout(60_000, Promise.resolve('done'))).toBe('done')
    await expect(withTimeout(60_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  })

  it('throws Late when the time is over', async () => {
    await expect(withTimeout(1, new Promise(() => {}))).rejects.toMatchObject({
      code: 'Late',
      message: 'no answer within 1 ms',
    })
  })
})
