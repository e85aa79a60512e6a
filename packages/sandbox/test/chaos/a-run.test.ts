import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../src/cli/chaos.ts', import.meta.url))

/** Runs `pnpm chaos` as a process of its own; stdout is one JSON document. */
const chaos = (...args: string[]) =>
  new Promise<{ code: number | undefined; said: unknown }>((resolve) => {
    const child = execFile(process.execPath, [program, '--json', ...args], (_, stdout) =>
      resolve({ code: child.exitCode ?? undefined, said: JSON.parse(stdout) }),
    )
  })

describe('a run of chaos', () => {
  it('keeps every promise in a seed, and counts what it did', async () => {
    const { code, said } = await chaos('--seed', '3')
    expect(said).toMatchObject({
      ok: true,
      seeds: [3],
      problems: [],
      totals: { review: 0, doubleSubmits: 0, lostImages: 0, lostEvents: 0, stuckEdits: 0 },
      faults: { 'worker-kill': expect.any(Number) as number },
    })
    expect(code).toBe(0)
  }, 240_000)

  it('fails and names the promise when a guard is taken out', async () => {
    const { code, said } = await chaos('--seeds', '5', '--break', 'no-receipt')
    expect(said).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([
        expect.stringMatching(/^I2 no edit is submitted a second time/),
      ]) as string[],
    })
    expect(code).toBe(1)
  }, 400_000)
})
