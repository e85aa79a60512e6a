import sharp from 'sharp'
import type { ReportHead, ShownEdit } from './report-data.ts'
import { reportPage, rowsOfPage } from './report-page.ts'
import { bytesEach, thumbnail } from './thumbnail.ts'

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c8613c' } })
    .png()
    .toBuffer()

const startedAt = Date.parse('2026-05-04T22:00:00Z')
const headOf = (more: Partial<ReportHead> = {}): ReportHead => ({
  title: 'Spring',
  batchId: 'ba_1',
  startedAt,
  endedAt: startedAt + 125_000,
  counts: { succeeded: 2, failed: 0, canceled: 0, open: 0 },
  images: 2,
  costs: [{ currency: 'CNY', micros: 400_000 }],
  ...more,
})

let before: ShownEdit['before']
let after: ShownEdit['before']
beforeAll(async () => {
  before = await thumbnail(await picture(1200, 900))
  after = await thumbnail(await picture(1600, 1600))
})

const editOf = (more: Partial<ShownEdit> = {}): ShownEdit => ({
  id: 'ed_1',
  key: 'RS-1001',
  prompt: 'on marble',
  state: 'succeeded',
  before,
  images: [{ after, bucketKey: 'shop/spring/RS-1001/0.png', sha256: 'ab12'.repeat(16) }],
  costMicros: 200_000,
  currency: 'CNY',
  ms: 61_234,
  ...more,
})
const page = (edits: readonly ShownEdit[], more: Partial<ReportHead> = {}) => reportPage(headOf(more), edits)

describe('the report', () => {
  it('shows both pictures, the facts of the edit and the totals', () => {
    const html = page([editOf(), editOf({ id: 'ed_2', key: 'RS-1002' })])
    expect(html.match(/<img /g)).toHaveLength(4)
    for (const fact of [
      'RS-1002',
      'on marble',
      '1 min 01 s',
      'CNY 0.20',
      'shop/spring/RS-1001/0.png',
      'sha256 ab12ab12ab12…',
    ])
      expect(html).toContain(fact)
    for (const total of ['CNY 0.40', '2 min 05 s', 'all done', '4 May 2026 at 22:00 UTC'])
      expect(html).toContain(total)
  })

  it('carries its pictures inside, no larger than 512 px, and asks the network for nothing', async () => {
    const html = page([editOf()])
    const sources = [...html.matchAll(/<img src="data:image\/webp;base64,([^"]+)"/g)].map(
      ([, base64 = '']) => base64,
    )
    const sizes = await Promise.all(sources.map((base64) => sharp(Buffer.from(base64, 'base64')).metadata()))
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [512, 384],
      [512, 512],
    ])
    expect(html).toContain("default-src 'none'; img-src data:")
    expect(html).not.toMatch(/https?:|<script|<link/)
  })

  it('leads from its first page to all of them, and says where something failed', () => {
    const index = [
      { firstRow: 1, lastRow: 500, failed: 0 },
      { firstRow: 501, lastRow: 1_000, failed: 3 },
      { firstRow: 1_001, lastRow: 1_200, failed: 0 },
    ]
    const nameOf = (number: number) => `report-${number}.html`
    const at = { number: 1, pages: 3, firstRow: 1, lastRow: 500, nameOf }
    const html = page([editOf()], { page: { ...at, index } })
    expect(html).toContain('<summary>All 3 pages</summary>')
    expect(html).toContain('<a href="report-2.html">rows 501 to 1,000</a> <span class="bad">3 failed</span>')
    expect(html).toContain('<a href="report-3.html">rows 1,001 to 1,200</a></li>')
    expect(page([editOf()], { page: { ...at, number: 2 } })).not.toContain('<summary>')
  })

  it('escapes every text', () => {
    const evil = `"><img src=x onerror='alert(1)'>&`
    const html = page(
      [
        editOf({
          id: evil,
          key: evil,
          prompt: evil,
          state: evil,
          before: undefined,
          beforeIs: evil,
          images: [{ after, bucketKey: evil, sha256: evil }],
          error: { code: evil, message: evil, todo: evil },
        }),
      ],
      {
        title: evil,
        batchId: evil,
        page: { number: 1, pages: 2, firstRow: 1, lastRow: 1, nameOf: () => evil },
      },
    )
    expect(html).not.toContain('<img src=x')
    expect(html).not.toContain(`onerror='`)
    expect(html).toContain('&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;')
  })

  it('says of a failed edit why and what to do, and of a canceled one that nothing was made', () => {
    const failed = editOf({
      state: 'failed',
      images: [],
      costMicros: 0,
      error: { code: 'DataInspectionFailed', message: 'not allowed' },
    })
    const html = page([failed, editOf(), editOf({ state: 'canceled', images: [], costMicros: 0 })], {
      counts: { succeeded: 1, failed: 1, canceled: 1, open: 0 },
    })
    for (const heading of ['Needs a look', 'Before and after', 'Not made']) expect(html).toContain(heading)
    expect(html).toContain('1 done, 1 failed, 1 canceled')
    expect(html).toMatch(/DataInspectionFailed.*not allowed/)
    expect(html).toContain('Change the prompt or the source image')
  })

  it('says so where a picture cannot be shown, where there are no images, and where there are no rows', () => {
    expect(page([editOf({ before: undefined })])).toContain('This picture cannot be shown')
    expect(page([editOf({ before: undefined, beforeIs: 'The source picture is at cdn.test' })])).toContain(
      'is at cdn.test',
    )
    const nothing = {
      counts: { succeeded: 0, failed: 0, canceled: 0, open: 0 },
      images: 0,
      costs: [{ currency: 'CNY' as const, micros: 0 }],
    }
    expect(page([], nothing)).toContain('The batch has no rows')
    expect(page([], nothing)).toContain('nothing was charged')
    const two = [
      { currency: 'CNY' as const, micros: 200_000 },
      { currency: 'USD' as const, micros: 30_000 },
    ]
    expect(page([], { ...nothing, costs: two })).toContain('CNY 0.20 + USD 0.03')
    expect(page([], { ...nothing, costs: [{ currency: 'CNY', micros: 5 }] })).toContain('no image came')
  })

  it('gives every picture a text that tells what it is', () => {
    expect([...page([editOf()]).matchAll(/ alt="([^"]*)"/g)].map(([, alt]) => alt)).toEqual([
      'RS-1001 before',
      'RS-1001 after: on marble',
    ])
  })

  it('leads to the pages beside it, if there are any', () => {
    const nameOf = (number: number) => `report-${number}.html`
    const html = page([editOf()], { page: { number: 7, pages: 20, firstRow: 3001, lastRow: 3500, nameOf } })
    const links = [...html.matchAll(/href="(report-\d+\.html)"/g)].map(([, name]) => name)
    expect([...new Set(links)]).toEqual([
      'report-1.html',
      'report-5.html',
      'report-6.html',
      'report-8.html',
      'report-9.html',
      'report-20.html',
    ])
    expect(html).toContain('rows 3001 to 3500')
    expect(html).toContain('page 7 of 20')
    expect(
      page([editOf()], { page: { number: 1, pages: 1, firstRow: 1, lastRow: 1, nameOf } }),
    ).not.toContain('<nav')
  })
})

describe('a small picture', () => {
  /** A picture that no encoder makes small. */
  const noise = async (side: number) =>
    sharp({
      create: {
        width: side,
        height: side,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .png()
      .toBuffer()

  it('has no more bytes than it may, whatever it shows', async () => {
    for (const most of [30_000, 6_000]) {
      const small = await thumbnail(await noise(1200), most)
      const bytes = Buffer.from((small?.src ?? '').split(',')[1] ?? '', 'base64').length
      expect(bytes).toBeGreaterThan(0)
      expect(bytes).toBeLessThanOrEqual(most)
    }
  })

  it('stands upright', async () => {
    const lying = await sharp(await picture(400, 200))
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer()
    expect(await thumbnail(lying)).toMatchObject({ width: 200, height: 400 })
  })

  it('is none where the bytes are none', async () =>
    expect(await thumbnail(Buffer.from('no picture'))).toBeUndefined())

  it('leaves room for all of a page: 500 rows with five pictures each stay under 45 MB', () => {
    const base64 = 'A'.repeat(Math.ceil(bytesEach(5 * rowsOfPage) / 3) * 4)
    const full = { src: `data:image/webp;base64,${base64}`, width: 512, height: 512 }
    const long = '"'.repeat(2_000)
    const edits = Array.from({ length: rowsOfPage }, (_, i) =>
      editOf({
        id: `ed_${i}`,
        prompt: long,
        before: full,
        images: [1, 2, 3, 4].map((n) => ({
          after: full,
          bucketKey: `shop/${'k'.repeat(200)}/${n}.png`,
          sha256: 'ab12'.repeat(16),
        })),
      }),
    )
    expect(Buffer.byteLength(page(edits))).toBeLessThan(45_000_000)
    expect(bytesEach(2 * rowsOfPage)).toBe(30_000)
  })
})
