import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { readOrigin, sha256Of } from '../../src/dashscope/origin.ts'
import { at, caller, handClock, picture, simulators } from './talk.ts'

const hour = 3_600_000
const urlOf = (reply: unknown, k = 0): string => String(at(reply, `output.results.${k}.url`))
const bytesOf = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer())

describe('the life of a task', () => {
  const start = simulators()

  it('goes from PENDING over RUNNING to SUCCEEDED by the clock, with times of Beijing', async () => {
    const clock = handClock()
    const simulator = await start({ durations: { medianMs: 60_000, sigma: 0 }, now: clock.now })
    const { edit, query, until } = caller(simulator)
    const taskId = at(await edit({ n: 2 }), 'output.task_id')
    expect(at(await query(taskId), 'output')).toEqual({
      task_id: taskId,
      task_status: 'PENDING',
      submit_time: '2026-11-22 18:00:00.000',
      task_metrics: { TOTAL: 2, SUCCEEDED: 0, FAILED: 0 },
    })
    clock.pass(41)
    const running = await query(taskId)
    expect(at(running, 'output')).toEqual({
      task_id: taskId,
      task_status: 'RUNNING',
      task_metrics: { TOTAL: 2, SUCCEEDED: 0, FAILED: 0 },
    })
    expect(at(running, 'usage')).toBeUndefined()
    clock.pass(59_000)
    expect(at(await query(taskId), 'output.task_status')).toBe('RUNNING')
    expect(simulator.bill.images).toBe(0)
    clock.pass(2000)
    const done = await until(taskId, 'SUCCEEDED')
    expect(at(done, 'output.scheduled_time')).toMatch(/^2026-11-22 18:00:00\.0(2[5-9]|3\d|40)/)
    expect(at(done, 'output.end_time')).toMatch(/^2026-11-22 18:01:0[01]\.\d{3}$/)
    expect(at(done, 'output.task_metrics')).toEqual({ TOTAL: 2, SUCCEEDED: 2, FAILED: 0 })
    expect(at(done, 'usage')).toEqual({ image_count: 2 })
  })

  it('runs `speed` times faster', async () => {
    const clock = handClock()
    const simulator = await start({ durations: { medianMs: 60_000, sigma: 0 }, speed: 60, now: clock.now })
    const { edit, query, until } = caller(simulator)
    const taskId = at(await edit(), 'output.task_id')
    clock.pass(1)
    await until(taskId, 'RUNNING')
    clock.pass(1001)
    await until(taskId, 'SUCCEEDED')
    clock.pass((24 * hour) / 60 + 1000)
    expect(at(await query(taskId), 'output.task_status')).toBe('UNKNOWN')
  })

  it('ends by itself, and is billed, though nobody asks', async () => {
    const simulator = await start({ durations: { medianMs: 20, sigma: 0.3 } })
    await caller(simulator).edit()
    while (simulator.bill.images === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const [task] = simulator.tasks()
    expect(simulator.bill.byTask(task?.taskId ?? '')).toEqual({ images: 1, micros: 200_000 })
    expect(simulator.counters.polls).toBe(0)
  })

  it('is UNKNOWN, with status 200, for an id that never was and 24 h after the end', async () => {
    const clock = handClock()
    const simulator = await start({ now: clock.now })
    const { edit, query, until } = caller(simulator)
    const unknown = {
      request_id: expect.any(String),
      output: { task_id: 'nonsense', task_status: 'UNKNOWN' },
    }
    expect(await query('nonsense')).toMatchObject({ status: 200, body: unknown })
    const taskId = at(await edit(), 'output.task_id')
    clock.pass(50)
    const url = urlOf(await until(taskId, 'SUCCEEDED'))
    clock.pass(24 * hour - 60_000)
    expect(at(await query(taskId), 'output.task_status')).toBe('SUCCEEDED')
    expect((await fetch(url)).status).toBe(200)
    clock.pass(120_000)
    expect(at(await query(taskId), 'output')).toEqual({ task_id: taskId, task_status: 'UNKNOWN' })
    const dead = await fetch(url)
    expect(dead.status).toBe(403)
    expect(await dead.text()).toMatch(/<Code>AccessDenied<\/Code>\s*<Message>Request has expired/)
    expect(simulator.bill.images).toBe(1)
  })

  it('gives signed addresses that carry the day, the life and a checksum, and no others', async () => {
    const simulator = await start()
    const { edit, done } = caller(simulator)
    const reply = await done(await edit())
    const url = new URL(urlOf(reply))
    expect(url.pathname).toMatch(
      /^\/1d\/[0-9a-f]{2}\/\d{8}\/[0-9a-f]{8}\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.png$/,
    )
    expect([...url.searchParams.keys()]).toEqual(['Expires', 'OSSAccessKeyId', 'Signature'])
    const answer = await fetch(url)
    const bytes = Buffer.from(await answer.arrayBuffer())
    const md5 = createHash('md5').update(bytes)
    expect(answer.headers.get('content-length')).toBe(String(bytes.length))
    expect(answer.headers.get('content-type')).toBe('image/png')
    expect(answer.headers.get('content-md5')).toBe(md5.copy().digest('base64'))
    expect(answer.headers.get('etag')).toBe(`"${md5.digest('hex').toUpperCase()}"`)
    url.searchParams.set('Expires', '4000000000')
    expect((await fetch(url)).status).toBe(403)
    expect((await fetch(`${simulator.origin}${url.pathname}`)).status).toBe(403)
    expect(at(await done(await edit({ prompt_extend: false })), 'output.results.0')).not.toHaveProperty(
      'actual_prompt',
    )
    expect(at(reply, 'output.results.0')).toHaveProperty('actual_prompt')
  })
})

describe('the pictures', () => {
  const start = simulators()

  it('have the size asked for, differ from the source and from each other, and repeat with prompt and seed', async () => {
    const simulator = await start()
    const { edit, done } = caller(simulator)
    const hashes = async (parameters: object, prompt: string): Promise<string[]> => {
      const reply = await done(await edit({ n: 2, size: '1024*768', ...parameters }, { prompt }))
      const pictures = await Promise.all([0, 1].map((k) => bytesOf(urlOf(reply, k))))
      for (const bytes of pictures) {
        const { format, width, height } = await sharp(bytes).metadata()
        expect([format, width, height]).toEqual(['png', 1024, 768])
      }
      return pictures.map((bytes) => createHash('sha256').update(bytes).digest('hex'))
    }
    const first = await hashes({ seed: 7 }, 'in snow')
    const again = await hashes({ seed: 7 }, 'in snow')
    const shifted = await hashes({ seed: 8 }, 'in snow')
    const other = await hashes({ seed: 7 }, 'in sand')
    const marked = await hashes({ seed: 7, watermark: true }, 'in snow')
    expect(again).toEqual(first)
    expect(shifted[0]).toBe(first[1])
    expect(new Set([...first, ...shifted, ...other, ...marked]).size).toBe(7)
    expect(simulator.describe()[0]).toMatchObject({
      prompt: 'in snow',
      model: 'wan2.5-i2i-preview',
      state: 'SUCCEEDED',
      billed: 2,
      resultSha256: first,
      images: [expect.stringMatching(/^data:image\/png;sha256,[0-9a-f]{64}$/)],
    })
  })

  it('tell in their bytes what they were made of: every source as it was received, and the prompt', async () => {
    const simulator = await start()
    const { edit, done } = caller(simulator)
    const [one, two] = [await picture(), await picture(800, 400)]
    const submitted = await edit({ n: 2 }, { prompt: 'auf Schnee · 雪', images: [one.uri, two.uri] })
    const reply = await done(submitted)
    for (const k of [0, 1])
      expect(readOrigin(await bytesOf(urlOf(reply, k)))).toEqual({
        prompt: sha256Of('auf Schnee · 雪'),
        sources: [one, two].map(({ bytes }) => sha256Of(bytes)),
      })
    expect(readOrigin(one.bytes)).toBeUndefined()
  })

  it('show the source: another input gives another picture, in the ratio of the last input', async () => {
    const { edit, done } = caller(await start())
    const wide = (await picture(800, 400)).uri
    const tall = (await picture(400, 800)).uri
    const reply = await done(await edit({ size: undefined }, { images: [wide, tall] }))
    const { width, height } = await sharp(await bytesOf(urlOf(reply))).metadata()
    expect(height / width).toBeCloseTo(2, 1)
    expect(Math.abs(width * height - 1280 * 1280) / (1280 * 1280)).toBeLessThan(0.03)
    const square = async (uri: string) =>
      bytesOf(urlOf(await done(await edit({ seed: 1 }, { images: [uri] }))))
    expect((await square(wide)).equals(await square(tall))).toBe(false)
  })

  it('are fetched by address, and a task with an input that is gone or out of spec FAILS unbilled', async () => {
    const simulator = await start({ quotas: { 'wan2.5-i2i-preview': { submitPerSecond: 100 } } })
    const { edit, done } = caller(simulator)
    const { bytes } = await picture()
    const host = createServer((request, response) => {
      if (request.url === '/a.png') response.end(bytes)
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`
    const verdict = async (image: string) => {
      const reply = await done(await edit({}, { images: [image] }))
      return [at(reply, 'output.task_status'), at(reply, 'output.code')]
    }
    expect(await verdict(`${origin}/a.png`)).toEqual(['SUCCEEDED', undefined])
    expect(await verdict(`${origin}/b.png`)).toEqual(['FAILED', 'BadRequest.InputDownloadFailed'])
    const inline = (data: Buffer): string => `data:image/png;base64,${data.toString('base64')}`
    const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
    const bad = [
      (await picture(383, 500)).uri,
      (await picture(5001, 2000)).uri,
      (await picture(1601, 400)).uri,
      inline(gif),
      inline(Buffer.from('<html>')),
      inline(Buffer.alloc(10 * 1024 * 1024 + 1)),
      inline(
        (
          await sharp({ create: { width: 500, height: 500, channels: 3, background: 'red' } })
            .png({ compressionLevel: 0 })
            .toBuffer()
        ).subarray(0, 9000),
      ),
    ]
    for (const image of bad) expect(await verdict(image)).toEqual(['FAILED', 'InvalidParameter'])
    const bmp = Buffer.alloc(64)
    bmp.write('BM')
    bmp.writeInt32LE(500, 18)
    bmp.writeInt32LE(-400, 22)
    expect(await verdict(inline(bmp))).toEqual(['SUCCEEDED', undefined])
    expect(simulator.bill.images).toBe(2)
    await new Promise((resolve) => host.close(resolve))
  })
})

describe('a simulator with a folder', () => {
  const start = simulators()

  it('keeps tasks, bill, pictures and open work over a restart', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'dashscope-'))
    try {
      const clock = handClock()
      const quotas = { 'wan2.5-i2i-preview': { running: 1, submitPerSecond: 100 } }
      const first = await start({ dir, now: clock.now, quotas })
      const { edit, until } = caller(first)
      const ended = at(await edit(), 'output.task_id')
      clock.pass(50)
      const finished = await until(ended, 'SUCCEEDED')
      first.faults.add({ at: 'task', do: { type: 'take', ms: 150 } })
      const running = at(await edit(), 'output.task_id')
      const waiting = at(await edit(), 'output.task_id')
      clock.pass(50)
      await until(running, 'RUNNING')
      await first.stop()

      const second = await start({ dir, now: clock.now, quotas })
      const url = new URL(urlOf(finished))
      expect(second.bill.entries).toMatchObject([
        { taskId: at(finished, 'output.task_id'), images: 1, micros: 200_000 },
      ])
      expect((await fetch(`${second.origin}${url.pathname}${url.search}`)).status).toBe(200)
      const again = await caller(second).query(at(finished, 'output.task_id'))
      expect(at(again, 'output.end_time')).toBe(at(finished, 'output.end_time'))
      clock.pass(150)
      await caller(second).until(running, 'SUCCEEDED')
      clock.pass(50)
      await caller(second).until(waiting, 'SUCCEEDED')
      expect(second.bill.images).toBe(3)
    } finally {
      await rm(dir, { recursive: true })
    }
  })

  it('gives each task one cheap picture at once when instant', async () => {
    const simulator = await start({ instant: true })
    const { edit, done } = caller(simulator)
    const reply = await done(
      await edit({ size: undefined }, { images: ['http://127.0.0.1:1/nobody-there.png'] }),
    )
    expect((await sharp(await bytesOf(urlOf(reply))).metadata()).width).toBe(64)
    expect(simulator.bill.images).toBe(1)
  })
})
