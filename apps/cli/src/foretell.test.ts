import { createClient } from '@restyle/client/client'
import type { ForecastAnswer } from '@restyle/client/types'
import type { Plan } from '@restyle/manifest/plan-edits'
import { memory, problem, startFakeWorld } from '../test/fake-world.ts'
import { agree, foretell } from './foretell.ts'
import type { Io } from './io.ts'
import { Stop } from './stop.ts'

const answer: ForecastAnswer = {
  rows: 5,
  images: 9,
  price: [{ currency: 'CNY', leastMicros: 60_000_000, mostMicros: 60_000_000 }],
  left: [],
  forecast: { kind: 'unknown', reason: 'lane-paused', detail: 'Every lane of the model is paused.' },
}

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
  world.foretells = true
  world.answer = () => answer
})
afterEach(() => world.close())

const io = (more: Partial<Io> = {}): Io => ({
  stdout: memory().out,
  stderr: memory().out,
  cwd: '/',
  env: {},
  signal: new AbortController().signal,
  now: () => Date.parse('2026-03-02T21:00:10Z'),
  wait: async () => {},
  newId: () => 'id',
  ...more,
})
const client = async () => createClient({ url: world.url, key: 'rk_key_secret' })

/** Five edits of two models. */
const plan = (prompts = ['a', 'b', 'c', 'd', 'e']): Plan =>
  ({
    edits: prompts.length,
    images: new Map([
      ['wan2.5-i2i-preview', 3],
      ['wan2.7-image', 6],
    ]),
    planned: async function* () {
      for (const prompt of prompts) yield { edit: { key: `key-${prompt}`, prompt }, pictures: [] }
    },
  }) as unknown as Plan

describe('what is known of a plan before it is sent', () => {
  it('are three prompts as they were filled, the price and when it is done', async () => {
    const told = await foretell(plan(), { class: 'bulk', priority: 7 }, client, io())
    expect(told).toEqual({
      answer,
      lines: [
        'prompt of key-a: a',
        'prompt of key-b: b',
        'prompt of key-c: c',
        'price: CNY 60.00 on the lanes that take them',
        'done: unknown. Every lane of the model is paused.',
      ],
    })
    expect(JSON.parse(String(world.seen[0]?.body))).toEqual({
      rows: [
        { model: 'wan2.5-i2i-preview', class: 'bulk', rows: 2, images: 3 },
        { model: 'wan2.7-image', class: 'bulk', rows: 3, images: 6 },
      ],
      priority: 7,
    })
  })

  it('is a warning where it is not done in time', async () => {
    const at = '2026-03-02T23:00:00.000Z'
    world.answer = () => ({ ...answer, finishBy: { at, outlook: 'missed' } })
    const { lines } = await foretell(plan(), { finishBy: at }, client, io())
    const asked = { finishBy: at, budget: { currency: 'CNY', micros: 9 } } as const
    expect(lines.at(-1)).toMatch(/^warning: it will not be done by (\w+ \d+ \w+ )?\d\d:00$/)
    await foretell(plan(), asked, client, io())
    expect(JSON.parse(String(world.seen.at(-1)?.body))).toMatchObject(asked)
  })

  it('is what can be said without a producer, and why it was not asked', async () => {
    world.answer = (_seen, response) => {
      response.writeHead(401)
      return problem('unauthorized', 'no such key')
    }
    const { lines, answer: none } = await foretell(plan(['a']), {}, client, io())
    expect(none).toBeUndefined()
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/^done: unknown. The producer was not asked: the API key was refused/)
    const away = await foretell(plan(['a']), {}, () => Promise.reject(new Stop('input', ['no key'])), io())
    expect(away.lines[1]).toBe('done: unknown. The producer was not asked: no key')
  })

  it('is what can be said without a word, where the producer is older', async () => {
    world.foretells = false
    expect(await foretell(plan(['a']), {}, client, io())).toEqual({ lines: ['prompt of key-a: a'] })
  })

  it('is nothing where nothing is to be done', async () => {
    expect(await foretell(plan([]), {}, client, io())).toEqual({ lines: [] })
    expect(world.seen).toEqual([])
  })

  it('shortens a prompt that would fill the screen', async () => {
    const { lines } = await foretell(plan(['long '.repeat(100)]), {}, client, io())
    expect(lines[0]?.split(': ')[1]).toHaveLength(160)
  })
})

describe('a run that is dear', () => {
  const asked = (said: string) => {
    const questions: string[] = []
    const ask = async (question: string) => {
      questions.push(question)
      return said
    }
    return { questions, ask }
  }

  it.each(['y', 'Y', ' yes '])('goes on after %s', async (said) => {
    const { questions, ask } = asked(said)
    await agree({ lines: [], answer }, {}, io({ ask }))
    expect(questions).toEqual(['spend CNY 60.00? (y/n) '])
  })

  it.each(['n', '', 'yo', 'no'])('ends after %j, and nothing is sent', async (said) => {
    const ended = agree({ lines: [], answer }, {}, io(asked(said)))
    await expect(ended).rejects.toMatchObject({ exitCode: 130 })
    await expect(ended).rejects.toThrow('nothing was sent')
  })

  it.each([
    ['--yes says so', { yes: true as const }, { lines: [], answer }],
    ['it costs no more than --ask-above', { askAbove: 60 }, { lines: [], answer }],
    ['its price is not known', {}, { lines: [] }],
  ])('is not asked about where %s', async (_, flags, told) => {
    const { questions, ask } = asked('n')
    await agree(told, flags, io({ ask }))
    expect(questions).toEqual([])
  })

  it('is not asked about where there is no terminal', async () => {
    await expect(agree({ lines: [], answer }, {}, io())).resolves.toBeUndefined()
  })
})
