import { gzipSync } from 'node:zlib'
import { AcceptedRequest } from '../contract/edit-request.ts'
import { chunkLimits, cutChunks, editOfRow, packChunk, type Row, unpackChunk } from './chunk.ts'

const rowOf = (row: number, prompt = 'on oak'): Row => ({
  row,
  key: String(row + 1),
  request: AcceptedRequest.parse({ prompt, images: ['https://x.test/a.png'] }),
  bodyHash: `h${row}`,
})
const rows = (from: number, to: number): Row[] => Array.from({ length: to - from }, (_, i) => rowOf(from + i))
const firsts = (chunks: Iterable<Row[]>) => [...chunks].map(([first]) => first?.row)

describe('rows', () => {
  it('are cut after a thousand', () => {
    expect(firsts(cutChunks(rows(0, 2_001)))).toEqual([0, 1_000, 2_000])
    expect(firsts(cutChunks(rows(0, 1_000)))).toEqual([0])
    expect([...cutChunks([])]).toEqual([])
  })

  it('are cut before their text is too long, however long one of them is', () => {
    const long = 'x'.repeat(chunkLimits.bytes / 2)
    const longer = 'x'.repeat(chunkLimits.bytes)
    const all = [rowOf(0, long), rowOf(1, long), rowOf(2, longer), rowOf(3), rowOf(4)]
    expect(firsts(cutChunks(all))).toEqual([0, 1, 2, 3])
  })

  it('come out of their chunk as they went in, and become edits of their batch', async () => {
    const packed = await packChunk([rowOf(7, 'auf Eiche, 橡木'), { ...rowOf(8), traceparent: 't' }])
    const { rows: unpacked } = await unpackChunk(packed, 7)
    expect(unpacked).toEqual([rowOf(7, 'auf Eiche, 橡木'), { ...rowOf(8), traceparent: 't' }])
    const [first] = unpacked
    expect(first && editOfRow({ id: 'batch_1', producer: 'acme' }, first)).toEqual({
      ...rowOf(7, 'auf Eiche, 橡木'),
      id: 'batch_1-7',
      producer: 'acme',
      batch: 'batch_1',
    })
  })

  it('keep in their chunk what their edits do not have', async () => {
    const row: Row = { ...rowOf(7), columns: { sku: '4711' }, fingerprint: 'v1-abc' }
    const { rows: unpacked } = await unpackChunk(await packChunk([row]), 7)
    expect(unpacked).toEqual([row])
    expect(editOfRow({ id: 'batch_1', producer: 'acme' }, row)).toEqual({
      ...rowOf(7),
      id: 'batch_1-7',
      producer: 'acme',
      batch: 'batch_1',
    })
  })

  const json = (...lines: unknown[]) => gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  it.each([
    ['that are no gzip', Buffer.from('rows')],
    ['that are cut off', gzipSync(JSON.stringify(rowOf(7)).repeat(100)).subarray(0, 60)],
    ['that are no JSON', gzipSync('{"row":7\n')],
    ['that lack something', json({ ...rowOf(7), bodyHash: undefined })],
    ['with a number left out', json(rowOf(7), rowOf(9))],
    ['of another place', json(rowOf(8))],
    ['that unpack to far more', gzipSync(Buffer.alloc(64 * 1024 * 1024))],
    ['without a row', gzipSync('')],
  ])('%s are damaged', async (_, bytes) => {
    await expect(unpackChunk(bytes, 7)).rejects.toMatchObject({ code: 'DamagedRows' })
  })
})
