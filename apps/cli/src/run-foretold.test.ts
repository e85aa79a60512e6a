import type { ForecastAnswer } from '@restyle/client/types'
import { batchOf, startFakeWorld } from '../test/fake-world.ts'

const answer: ForecastAnswer = {
  rows: 4,
  images: 4,
  price: [{ currency: 'CNY', leastMicros: 60_000_000, mostMicros: 60_000_000 }],
  left: [{ of: 'budget', currency: 'CNY', micros: 30_000_000, freeMicros: 30_000_000, aheadMicros: 0 }],
  forecast: { kind: 'stops', afterRows: 2, ofRows: 4, by: 'budget', detail: 'It stops after 2 of 4 rows.' },
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
    expect(stdout.split('\n').slice(-8)).toEqual([
      'prompt of a: the a on white',
      'prompt of b: the b on white',
      'prompt of c: the c on white',
      'price: CNY 60.00 on the lanes that take them',
      'budget: CNY 30.00',
      'done: stops after 2 of 4 edits. The budget pays for no more; it goes on when that is raised: restyle budget <batch> <amount>',
      'dry run: nothing was sent; not looked at: 4 pictures at addresses',
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

  it.each([[[]], [['--dry-run']]])(
    'is refused with %j, before a picture is uploaded, where the budget is below one edit',
    async (more) => {
      const forecast = { ...answer.forecast, afterRows: 0 } as ForecastAnswer['forecast']
      const left = [{ ...answer.left[0], micros: 100_000, freeMicros: 100_000 }] as ForecastAnswer['left']
      world.answer = () => ({ ...answer, left, forecast })
      const { exitCode, stdout, stderr } = await run(['--budget', '0.10', ...more])
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: '--budget: CNY 0.10 is less than one edit costs, so nothing is sent: give more\n',
      })
      expect(stdout).toContain('done: never. The budget does not even pay for one edit\n')
      expect(calls()).toEqual(['POST /v1/forecasts'])
    },
  )

  it('asks nothing where there is no terminal', async () => {
    expect((await run([])).exitCode).toBe(0)
  })

  it('asks with the budget, the window and the time by which it should be done, and sends them', async () => {
    const flags = ['--budget', '30', '--window', 'Mon-Fri 22:00-06:00', '--tz', 'Europe/Paris']
    const limits = {
      budget: { currency: 'CNY', micros: 30_000_000 },
      window: {
        days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
        from: '22:00',
        to: '06:00',
        timeZone: 'Europe/Paris',
      },
      finishBy: '2026-03-03T05:00:00.000Z',
    }
    expect(await run([...flags, '--finish-by', '06:00'])).toMatchObject({ exitCode: 0 })
    const bodies = world.seen
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => JSON.parse(String(body)) as object)
    expect(bodies).toMatchObject([limits, limits])
  })

  it('warns where it will not be done in time, and asks on a terminal', async () => {
    const late: ForecastAnswer = { ...answer, finishBy: { at: '2026-03-03T05:00:00Z', outlook: 'missed' } }
    world.answer = ({ url }) => (url === '/v1/forecasts' ? late : batchOf(4, { succeeded: 4 }))
    const flags = ['--finish-by', '2026-03-03T05:00Z', '--ask-above', '60']
    const questions: string[] = []
    const asked = await run(flags, async (question) => {
      questions.push(question)
      return 'n'
    })
    expect(asked).toMatchObject({
      exitCode: 130,
      stdout: expect.stringContaining('warning: it will not be done by '),
    })
    expect(questions).toEqual([
      expect.stringMatching(/^it will not be done by .+; run it all the same\? \(y\/n\) $/),
    ])
    expect(calls()).toEqual(['POST /v1/forecasts'])
    expect((await run([...flags, '--yes'], () => Promise.reject(new Error('was asked')))).exitCode).toBe(0)
    expect((await run(flags)).exitCode).toBe(0)
  })

  it.each([
    [['--finish-by', '2026-03-02T21:00Z'], '--finish-by: 2026-03-02T21:00:00.000Z is over'],
    [['--finish-by', 'soon'], 'It must be a time such as 06:00'],
    [['--window', '22:00-22:00'], 'It is empty: it ends when it begins'],
    [['--window', 'Xyz 22:00-06:00'], 'on some days of the week'],
    [['--window', '22:00-06:00', '--tz', 'Paris'], 'Europe/Paris is one'],
    [['--budget', '0'], 'It must be an amount above 0'],
  ])('asks nobody where %j is wrong', async (flags, fault) => {
    const { exitCode, stderr } = await run(flags)
    expect([exitCode, world.seen.length]).toEqual([2, 0])
    expect(stderr).toContain(fault)
  })

  it('refuses an amount that is none', async () => {
    expect((await run(['--ask-above', 'much'])).exitCode).toBe(2)
  })
})
