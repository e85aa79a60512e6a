import { Batch } from '@restyle/shared/contract/batch'
import type { ResultRow } from '@restyle/results/result-row'
import { Agent } from 'undici'
import { writeReport } from './write-report.ts'

const total = 1_200
const failed = [3, 700, 701, 1_199]
const batch = Batch.parse({
  id: 'batch_1',
  producer: 'acme',
  name: 'Spring',
  bodyHash: 'h',
  total: String(total),
  accepted: String(total),
  createdAt: '1000',
  completedAt: '2000',
  succeeded: String(total - failed.length),
  failed: String(failed.length),
})
const map = Array.from({ length: total }, (_, i) => (failed.includes(i) ? '-' : '+')).join('')

async function* rows(): AsyncGenerator<ResultRow> {
  for (let row = 0; row < total; row += 1)
    yield {
      id: `batch_1-${row}`,
      row,
      key: `K${row}`,
      state: failed.includes(row) ? 'failed' : 'succeeded',
      prompt: 'on white',
      images: [],
      cost: { currency: 'CNY', micros: 0 },
      sources: [],
    }
}

it('writes pages of 500 rows, and leads from the first to all others with what failed on each', async () => {
  const written = new Map<string, string>()
  const store = {
    get: async () => undefined,
    putIfAbsent: async (key: string, bytes: Buffer) => {
      written.set(key, String(bytes))
      return { kind: 'created' as const }
    },
  }
  const dispatcher = new Agent()
  const tools = {
    store,
    ledger: { readMap: async () => map },
    bucketOf: () => undefined,
    mayRead: () => false,
    dispatcher,
  }
  const pulse = { signal: new AbortController().signal, beat: () => {} }
  const files = await writeReport(batch, rows(), { folder: 'acme/', number: 1 }, tools, pulse)
  await dispatcher.close()
  expect(files.map(({ name }) => name)).toEqual(['report.html', 'report-0002.html', 'report-0003.html'])
  const [first = '', second = '', third = ''] = files.map(({ key }) => written.get(key) ?? '')
  expect(first.match(/<article/g)).toHaveLength(500)
  expect(third.match(/<article/g)).toHaveLength(200)
  expect(first).toContain('<b>rows 1 to 500</b> <span class="bad">1 failed</span>')
  expect(first).toContain(
    '<a href="report-0002.html">rows 501 to 1,000</a> <span class="bad">2 failed</span>',
  )
  expect(first).toContain(
    '<a href="report-0003.html">rows 1,001 to 1,200</a> <span class="bad">1 failed</span>',
  )
  expect(second).toContain('<a href="report.html">1</a>')
  expect(second).not.toContain('<summary>')
})
