import type { Review } from '@restyle/client/types'
import { editOf, problem, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const held = (id: string, more: Partial<Review> = {}): Review => ({
  edit: editOf({ id, state: 'review', images: [], prompt: 'on white marble, '.repeat(5) }),
  why: '2 tasks could be this submit',
  attempt: 1,
  heldAt: '2026-03-02T20:59:00.000Z',
  candidates: ['t1', 't2'],
  submit: { bodyHash: 'h' },
  tasks: [],
  reservedMicros: 200_000,
  ...more,
})

describe('restyle review', () => {
  it('shows every held edit, and what each decision costs', async () => {
    world.answer = ({ url }) =>
      url.includes('cursor=')
        ? { reviews: [held('edit_2', { candidates: [] })] }
        : { reviews: [held('edit_1')], nextCursor: '1-edit_1' }
    const { exitCode, stdout } = await world.restyle(['review'])
    expect(exitCode).toBe(0)
    const lines = stdout.split('\n')
    expect(lines.slice(0, 4)).toEqual([
      'edit_1  mug  "on white marble, on white marble, on white marble, on white …"',
      '  why: 2 tasks could be this submit',
      '  held for 1m10s, since 2026-03-02T20:59:00.000Z; submit 1; CNY 0.20 stays reserved',
      '  candidates: t1, t2',
    ])
    expect(stdout).toContain('edit_2  mug')
    expect(stdout).toContain('candidates: none known')
    expect(stdout).toMatch(/adopt <edit> <task> .*nothing more is billed/)
    expect(stdout).toMatch(/resubmit <edit> .*billed twice/)
    expect(stdout).toMatch(/drop <edit> .*billed and not stored/)
  })

  it('says that nothing is held', async () => {
    world.answer = () => ({ reviews: [] })
    expect((await world.restyle(['review'])).stdout).toBe('No edit is held.\n')
  })

  it('prints JSON lines and nothing else', async () => {
    world.answer = () => ({ reviews: [held('edit_1'), held('edit_2')] })
    const { stdout } = await world.restyle(['review', '--json'])
    const lines = stdout.trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as Review).edit.id)).toEqual(['edit_1', 'edit_2'])
  })

  it.each([
    ['adopt edit_1 t1', { action: 'adopt', taskId: 't1' }, 'takes the images of task t1; nothing more'],
    [
      'adopt edit_1 t9 --force',
      { action: 'adopt', taskId: 't9', force: true },
      'takes the images of task t9',
    ],
    ['resubmit edit_1', { action: 'resubmit' }, 'is billed twice if its earlier submit made a task'],
    ['drop edit_1', { action: 'drop' }, 'that is billed and its images are not stored'],
    ['give-up edit_1', { action: 'giveUp' }, 'then what it could not store fails, and stays paid for'],
    ['give-up edit_1 0 2', { action: 'giveUp', images: [0, 2] }, 'is tried once more'],
  ])('%s', async (args, body, said) => {
    world.answer = () => editOf({})
    const { exitCode, stdout } = await world.restyle(['review', ...args.split(' ')])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(said)
    const [seen] = world.seen
    expect(seen).toMatchObject({ method: 'POST', url: '/v1/edits/edit_1/resolution' })
    expect(JSON.parse(String(seen?.body))).toEqual(body)
  })

  it('says which image is none, and sends nothing', async () => {
    const { exitCode, stderr } = await world.restyle(['review', 'give-up', 'edit_1', '0', 'first'])
    expect([exitCode, world.seen]).toEqual([2, []])
    expect(stderr).toMatch(/'first' is invalid/)
  })

  it('prints the decided edit as JSON', async () => {
    world.answer = () => editOf({})
    const { stdout } = await world.restyle(['review', 'drop', 'edit_1', '--json'])
    expect(JSON.parse(stdout)).toEqual(editOf({}))
  })

  it('says why a decision was refused', async () => {
    world.answer = (_seen, response) => {
      response.writeHead(409)
      return problem('not-held', 'This edit is not held: it is running.')
    }
    expect(await world.restyle(['review', 'drop', 'edit_1'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'This edit is not held: it is running.\n',
    })
  })

  it.each([['review burn edit_1'], ['review adopt edit_1'], ['review drop']])(
    '%s is refused',
    async (args) => {
      expect((await world.restyle(args.split(' '))).exitCode).toBe(2)
      expect(world.seen).toEqual([])
    },
  )
})
