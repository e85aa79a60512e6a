import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import type { AnswerDeed } from '../../src/dashscope/faults.ts'
import { draw, openStory, sha256, type Story } from './story.ts'

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
  afterEach(() => story.stop())

  it('is fetched again and stored once, whole', async () => {
    story = await openStory()
    const { faults, describe: tasks } = story.world.dashscope
    const armed = deeds.map((deed) => faults.add({ at: 'result', do: deed }))
    // eight images of two edits: each download meets one of the faults
    const ids = await story.enqueueMany(2, { n: 4 })
    const ended = await story.ended(ids)
    expect(armed.map(({ fired }) => fired)).toEqual(deeds.map(() => 1))

    const served = tasks().flatMap(({ resultSha256 }) => resultSha256)
    const told = ended.flatMap(({ data }) => data.images.map(({ sha256: sum }) => sum))
    expect(new Set(told)).toEqual(new Set(served))
    expect(new Set(story.images().map(({ sha256: sum }) => sum))).toEqual(new Set(served))
    expect(story.images()).toHaveLength(deeds.length)
    expect(story.images().every(({ versionsWritten }) => versionsWritten === 1)).toBe(true)
  })

  it('is told from a picture by its bytes alone where the server sends no checksum', async () => {
    const picture = await draw(40)
    const answers = [Buffer.from(page), picture.subarray(0, -200), picture]
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'image/png').end(answers.shift())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const dispatcher = guardedAgent({ allow: (_address, at) => at === port })
      story = await openStory({ overrides: { dispatcher } })
      const url = `http://127.0.0.1:${port}/a.png`
      story.world.dashscope.faults.add({ at: 'task', do: { type: 'result-url', url } })
      await story.ended([await story.enqueue()])
      expect(story.images()).toMatchObject([{ sha256: sha256(picture), versionsWritten: 1 }])
      expect(answers).toEqual([])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
