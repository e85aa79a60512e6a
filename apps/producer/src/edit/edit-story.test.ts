import { Edit } from '@restyle/shared/contract/edit'
import type { AttemptReceipts } from '@restyle/shared/receipt/receipt'
import { type Attempted, attemptsOf, storyOf } from './edit-story.ts'

const editOf = (more: object): Edit =>
  Edit.parse({
    id: 'edit_a',
    producer: 'acme',
    key: '1',
    state: 'queued',
    version: 1,
    request: JSON.stringify({ prompt: 'x', images: ['https://a.example/a.png'] }),
    bodyHash: '',
    createdAt: 1_000,
    updatedAt: 9_000,
    ...more,
  })

const attempted = (attempt: number, more: object): Attempted => ({
  attempt,
  receipts: { intent: undefined, answer: undefined, ended: undefined, ...more } as AttemptReceipts,
})

const intent = {
  v: 1,
  attempt: 1,
  lane: 'lane-1',
  intentAt: 2_000,
  leaseUntil: 3_000,
  edit: { bodyHash: 'h-1' },
}

it('tells in order of time what the receipts know', () => {
  const edit = editOf({ state: 'failed', attempt: 2, told: 'failed', renderedAt: 8_000, billed: 7 })
  const story = storyOf(edit, [
    attempted(1, { intent, answer: { v: 1, outcome: 'none', code: 'Throttling', at: 2_500 } }),
    attempted(2, {
      intent: { ...intent, intentAt: 4_000 },
      answer: { v: 1, outcome: 'accepted', taskId: 't-1', at: 4_500 },
    }),
  ])
  expect(story.steps.map(({ step, attempt, what }) => [step, attempt, what])).toEqual([
    ['accepted', undefined, undefined],
    ['submitting', 1, 'lane-1'],
    ['no-task', 1, 'Throttling'],
    ['submitting', 2, 'lane-1'],
    ['task', 2, 't-1'],
    ['rendered', undefined, undefined],
    ['ended', undefined, 'failed'],
  ])
  expect(story).toMatchObject({ event: 'edit_a-failed', money: { currency: 'CNY', billedMicros: 7 } })
  expect(story).not.toHaveProperty('doubt')
  expect(story).not.toHaveProperty('bounded')
})

it('tells of a doubt only while there is one, and names the event that was told', () => {
  const doubtful = { attempt: 1, uncertainBecause: 'reset', candidates: '["t-1"]', told: 'review' }
  const held = storyOf(editOf({ ...doubtful, state: 'review' }), [attempted(1, { intent })])
  expect(held).toMatchObject({ event: 'edit_a-held-1', doubt: { why: 'reset', candidates: ['t-1'] } })
  expect(held.attempts).toEqual([
    {
      attempt: 1,
      intent: expect.objectContaining({
        lane: 'lane-1',
        bodyHash: 'h-1',
        receipt: 'receipts/edit_a/1/intent',
      }),
    },
  ])
  expect(storyOf(editOf({ ...doubtful, state: 'running' }), [])).not.toHaveProperty('doubt')
})

it('reads the receipts of the last twenty attempts, and says that there were more', () => {
  const edit = editOf({ attempt: 25 })
  const attempts = attemptsOf(edit)
  expect([attempts[0], attempts.at(-1), attempts.length]).toEqual([6, 25, 20])
  expect(
    storyOf(
      edit,
      attempts.map((each) => attempted(each, {})),
    ),
  ).toMatchObject({ bounded: true })
})
