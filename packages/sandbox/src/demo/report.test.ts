import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { ReportEdit } from './report-data.ts'
import { writeReport } from './report.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'restyle-report-'))
})
afterAll(() => rm(dir, { recursive: true }))

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c8613c' } })
    .png()
    .toBuffer()

async function report(changes: Partial<ReportEdit>, ...more: Partial<ReportEdit>[]) {
  const edit: ReportEdit = {
    id: 'ed_1',
    key: 'RS-1001',
    prompt: 'on marble',
    state: 'succeeded',
    before: { bytes: await picture(1200, 900) },
    images: [
      { bytes: await picture(1600, 1600), bucketKey: 'shop/spring/RS-1001/0.png', sha256: 'ab12'.repeat(16) },
    ],
    costMicros: 200_000,
    currency: 'CNY',
    ms: 61_234,
  }
  const file = join(dir, 'report.html')
  const startedAt = new Date('2026-05-04T22:00:00Z')
  const edits = [changes, ...more].map((change) => ({ ...edit, ...change }))
  await writeReport(file, {
    title: 'Spring',
    startedAt,
    endedAt: startedAt.getTime() + 125_000,
    batchId: 'ba_1',
    edits,
  })
  return readFile(file, 'utf8')
}

describe('writeReport', () => {
  it('shows both pictures, the facts of the edit and the totals', async () => {
    const page = await report({}, { id: 'ed_2', key: 'RS-1002' })
    expect(page.match(/<img /g)).toHaveLength(4)
    for (const fact of [
      'RS-1002',
      'on marble',
      '61,234 ms',
      'CNY 0.20',
      'shop/spring/RS-1001/0.png',
      'sha256 ab12ab12ab12…',
    ]) {
      expect(page).toContain(fact)
    }
    for (const total of ['CNY 0.40', '2 min 05 s', 'all done', '4 May 2026 at 22:00 UTC'])
      expect(page).toContain(total)
  })

  it('carries its pictures inside, no larger than 512 px, and asks the network for nothing', async () => {
    const page = await report({})
    const sources = [...page.matchAll(/<img src="data:image\/webp;base64,([^"]+)"/g)].map(
      ([, base64 = '']) => base64,
    )
    const sizes = await Promise.all(sources.map((base64) => sharp(Buffer.from(base64, 'base64')).metadata()))
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [512, 384],
      [512, 512],
    ])
    expect(page).toContain("default-src 'none'; img-src data:")
    expect(page).not.toMatch(/https?:|<script|<link/)
  })

  it('escapes every text', async () => {
    const evil = `"><img src=x onerror='alert(1)'>&`
    const page = await report({
      id: evil,
      key: evil,
      prompt: evil,
      state: evil,
      images: [{ bytes: await picture(9, 9), bucketKey: evil, sha256: evil }],
      error: { code: evil, message: evil, todo: evil },
    })
    expect(page).not.toContain('<img src=x')
    expect(page).not.toContain(`onerror='`)
    expect(page).toContain('&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;')
  })

  it('says of a failed edit why and what to do', async () => {
    const page = await report(
      {
        state: 'failed',
        images: [],
        costMicros: 0,
        error: { code: 'DataInspectionFailed', message: 'not allowed' },
      },
      {},
    )
    expect(page).toContain('Needs a look')
    expect(page).toContain('1 done, 1 failed')
    expect(page).toMatch(/DataInspectionFailed.*not allowed/)
    expect(page).toContain('Change the prompt or the source image')
  })

  it('says so where a picture cannot be shown', async () => {
    const page = await report({ before: { bytes: Buffer.from('no picture') } })
    expect(page).toContain('This picture cannot be shown')
  })

  it('gives every picture a text that tells what it is', async () => {
    const page = await report({})
    expect([...page.matchAll(/ alt="([^"]*)"/g)].map(([, alt]) => alt)).toEqual([
      'RS-1001 before',
      'RS-1001 after: on marble',
    ])
  })
})
