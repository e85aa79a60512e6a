import { readFileSync } from 'node:fs'
import { restyle } from '../stories/cli.ts'
import { openScheduleWorld, type ScheduleWorld } from './schedule-world.ts'

const document = readFileSync(new URL('../../../../docs/schedules.md', import.meta.url), 'utf8')
const stories = [...document.matchAll(/^## (.+)\n\n```sh\n([\s\S]*?)```/gm)].map(
  ([, title = '', text = '']) => ({ title, text }),
)

/** The words of each command, as a shell cuts them; lines may go on with a backslash. */
const commandsOf = (text: string): string[][] =>
  text
    .replaceAll('\\\n', ' ')
    .trim()
    .split('\n')
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''))

describe('docs/schedules.md', () => {
  let world: ScheduleWorld
  beforeAll(async () => {
    world = await openScheduleWorld()
    await world.put('spring/mug.jpg', 'a picture')
    await world.put('catalog.csv', 'sku,title,image\n4711,Mug,mug.jpg\n4712,Lamp,lamp.jpg\n')
  })
  afterAll(() => world.stop())

  it('tells its stories in at most 12 lines', () => {
    expect(stories.map(({ title }) => title)).toEqual(['Every night', 'Only at night', 'With a budget'])
    for (const { text } of stories) expect(text.trim().split('\n').length).toBeLessThanOrEqual(12)
  })

  it.each(stories)('tells of $title what happens', async ({ text }) => {
    const { authorization } = await world.keyOf('acme')
    const apiKey = authorization.slice('Bearer '.length)
    const ran: (number | undefined)[] = []
    for (const [program, ...words] of commandsOf(text)) {
      expect(program).toBe('restyle')
      const { code, stderr } = await restyle({ url: world.producer.url, apiKey }, '/', ...words)
      expect([code, stderr, words.join(' ')]).toEqual([0, '', words.join(' ')])
      if (words[1] === 'run') ran.push((await world.settled(words[2] ?? '')).rows?.new)
    }
    const rows = text.includes('/spring/') ? 1 : 2
    expect(ran).toEqual(text.includes('schedule run') ? [rows] : [])
  })
})
