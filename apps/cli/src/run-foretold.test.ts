import type { ForecastAnswer } from '@restyle/client/types'
import { batchOf, startFakeWorld } from '../test/fake-world.ts'

const answer: ForecastAnswer = {
  rows: 4,
  images: 4,
  price: [{ currency: 'CNY', leastMicros: 60_000_000, mostMicros: 60_000_000 }],
  forecast: { kind: 'stops', afterRows: 2, detail: 'It stops after 2 rows.' },
}

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
  world.foretells = true
  world.answer = ({ url }) => (url === '/v1/forecasts' ? answer : batchOf(4, { succeeded: 4 }))
  const rows = ['a', 'b', 'c', 'd'].map((sku) => `${sku},https://example.com/${sku}.png`)
  await world.write('shop.csv', ['sku,image', ...rows].join('\n'))
})
afterEach(() => world.close())

const run = (more: string[], ask?: (question: string) => Promise<string>) =>
  world.restyle(['run', 'shop.csv', '-p', 'the {{sku}} on white', ...more], ask === undefined ? {} : { ask })
const calls = () => world.seen.map(({ method, url }) => `${method} ${url}`)

describe('restyle run', () => {
  it('shows with --dry-run three prompts, the price and when it is done, and sends nothing', async () => {
    const { exitCode, stdout } = await run(['--dry-run'])
    expect({ exitCode, calls: calls() }).toEqual({ exitCode: 0, calls: ['POST /v1/forecasts'] })
    expect(stdout.split('\n').slice(-7)).toEqual([
      'prompt of a: the a on white',
      'prompt of b: the b on white',
      'prompt of c: the c on white',
      'price: CNY 60.00 on the lanes that take them',
      'done: It stops after 2 rows.',
      'dry run: nothing was sent; 4 pictures at addresses were not looked at',
      '',
    ])
    const { stdout: json } = await run(['--dry-run', '--json'])
    expect(JSON.parse(json)).toMatchObject({ edits: 4, told: answer })
  })

  it('shows the same before it sends, and asks on a terminal before it spends much', async () => {
    const questions: string[] = []
    const no = await run([], async (question) => {
      questions.push(question)
      return 'n'
    })
    expect(no).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('nothing was sent') })
    expect(no.stdout).toContain('prompt of a: the a on white\n')
    expect(questions).toEqual(['spend CNY 60.00? (y/n) '])
    expect(calls()).toEqual(['POST /v1/forecasts'])
    expect((await run([], async () => 'y')).exitCode).toBe(0)
    expect(calls()).toContain('POST /v1/batches')
  })

  it.each([['--yes'], ['--ask-above', '60']])('asks nothing with %s', async (...flags) => {
    const { exitCode } = await run(flags, () => Promise.reject(new Error('was asked')))
    expect(exitCode).toBe(0)
  })

  it('asks nothing where there is no terminal', async () => {
    expect((await run([])).exitCode).toBe(0)
  })

  it('refuses an amount that is none', async () => {
    expect((await run(['--ask-above', 'much'])).exitCode).toBe(2)
  })
})
