import type { AnswerDeed } from '../../src/dashscope/faults.ts'
import { openStory, type Story } from './story.ts'

const page = '<!doctype html><title>Sign in to the network</title>'
const deeds: AnswerDeed[] = [
  { type: 'truncated', framing: 'length' },
  { type: 'truncated', framing: 'chunked' },
  { type: 'lying-length' },
  { type: 'body', body: page, contentType: 'text/html' },
  { type: 'body', body: page, contentType: 'image/png' },
  { type: 'body', body: '' },
  { type: 'reset' },
  { type: 'status', status: 503 },
]

describe('a picture that is broken on the way', () => {
  let story: Story
  beforeAll(async () => {
    story = await openStory()
  })
  afterAll(() => story.stop())

  it('is fetched again and stored once, whole', async () => {
    const { faults, describe: tasks } = story.world.dashscope
    const armed = deeds.map((deed) => faults.add({ at: 'result', do: deed }))
    // eight images of two edits: each download meets one of the faults
    const ids = await story.enqueueMany(2, { n: 4 })
    const ended = await story.ended(ids)
    expect(armed.map(({ fired }) => fired)).toEqual(deeds.map(() => 1))

    const served = tasks().flatMap(({ resultSha256 }) => resultSha256)
    const told = ended.flatMap(({ data }) => data.images.map(({ sha256 }) => sha256))
    expect(new Set(told)).toEqual(new Set(served))
    expect(new Set(story.images().map(({ sha256 }) => sha256))).toEqual(new Set(served))
    expect(story.images()).toHaveLength(deeds.length)
    expect(story.images().every(({ versionsWritten }) => versionsWritten === 1)).toBe(true)
  })
})
