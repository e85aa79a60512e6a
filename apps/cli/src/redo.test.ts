import { editOf, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const asked = () => world.seen.map(({ method, url, body }) => `${method} ${url} ${String(body)}`)

it('asks for what is different alone, and says what it made', async () => {
  world.answer = () => editOf({ id: 'edit_2', redoOf: 'edit_1' })
  const { exitCode, stdout } = await world.restyle(['redo', 'edit_1', '-p', 'on walnut', '--seed', 'none'])
  expect([exitCode, stdout]).toEqual([0, 'edit_2 makes edit_1 once more; each image is billed as ever\n'])
  expect(asked()).toEqual(['POST /v1/edits/edit_1/redo {"prompt":"on walnut","seed":null}'])
})

it('says the price with --dry-run, and asks for nothing else', async () => {
  world.answer = () => ({
    rows: 1,
    images: 2,
    price: [{ currency: 'CNY', leastMicros: 400_000, mostMicros: 400_000 }],
    left: [],
    forecast: { kind: 'unknown', tasksSeen: 0, detail: 'no task was seen yet' },
  })
  const { stdout } = await world.restyle(['redo', 'edit_1', '--n', '2', '--negative', 'text', '--dry-run'])
  expect(stdout).toContain('CNY 0.40')
  expect(asked()).toEqual(['POST /v1/edits/edit_1/redo/forecast {"n":2,"negativePrompt":"text"}'])
})
