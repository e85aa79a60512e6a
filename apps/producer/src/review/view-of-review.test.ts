import { Edit } from '@restyle/shared/contract/edit'
import { viewOfReview } from './view-of-review.ts'

const held = (more: object): Edit =>
  Edit.parse({
    id: 'e',
    producer: 'acme',
    key: '1',
    state: 'review',
    version: 1,
    request: JSON.stringify({ prompt: 'on oak', images: ['https://a.example/a.png'] }),
    bodyHash: 'hash',
    createdAt: 0,
    updatedAt: 0,
    ...more,
  })

it('says what is known of the submit, without what is only ours', () => {
  const said = { cause: '5xx', code: 'Http502', message: 'bad gateway', lane: true }
  const edit = held({ intentAt: 1_000, leaseUntil: 31_000, said: JSON.stringify(said) })
  expect(viewOfReview(edit, 60_000)).toMatchObject({
    heldAt: '1970-01-01T00:01:00.000Z',
    submit: {
      intendedAt: '1970-01-01T00:00:01.000Z',
      leaseUntil: '1970-01-01T00:00:31.000Z',
      bodyHash: 'hash',
    },
    tasks: [],
  })
  expect(viewOfReview(edit, 0).submit.answered).toEqual({
    cause: '5xx',
    code: 'Http502',
    message: 'bad gateway',
  })
  expect(viewOfReview(held({}), 0).submit).toEqual({ bodyHash: 'hash' })
})

it('says of each candidate what was told of it', () => {
  const task = { state: 'succeeded', images: 1 }
  const found = [
    { taskId: 't1', ...task, submittedAt: 2_000, echo: 'near', prompt: 'On Oak' },
    { taskId: 't2', ...task, echo: 'none' },
  ]
  const edit = held({ candidates: '["t1","t2"]', foundTasks: JSON.stringify(found) })
  expect(viewOfReview(edit, 0)).toMatchObject({
    candidates: ['t1', 't2'],
    tasks: [
      { ...found[0], submittedAt: '1970-01-01T00:00:02.000Z' },
      { taskId: 't2', ...task, echo: 'none' },
    ],
  })
})
