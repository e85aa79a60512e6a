import { acceptancePrefix } from '@restyle/shared/object-key'
import { acceptancesOf, writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { openStore, type Store } from '@restyle/shared/store/store'
import { startS3, type S3Server } from '@restyle/sandbox/s3/start-s3'
import { createHash } from 'node:crypto'

const account = { accessKeyId: 'test', secretAccessKey: 'test-secret' }
const now = Date.parse('2026-03-02T21:30:00Z')
const request = { model: 'wan2.5-i2i-preview', prompt: 'on oak', images: ['https://cdn.example.com/a'], n: 1 }
const edit = (id: string, more: object = {}) => ({
  id,
  producer: 'acme',
  batch: '',
  row: 0,
  key: '1',
  request,
  bodyHash: 'h',
  ...more,
})

describe('the promises in the bucket', () => {
  let s3: S3Server
  let store: Store
  beforeEach(async () => {
    s3 = await startS3({ ...account, buckets: ['images'] })
    store = openStore({
      ...account,
      endpoint: s3.url,
      region: 'us-east-1',
      bucket: 'images',
      forcePathStyle: true,
    })
  })
  afterEach(async () => {
    store.close()
    await s3.stop()
  })

  async function put(id: string, text: string): Promise<void> {
    const bytes = Buffer.from(text)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await store.putIfAbsent(`${acceptancePrefix(now)}${id}`, bytes, {
      contentType: 'application/json',
      sha256,
    })
  }
  async function readAll() {
    const all: Record<string, unknown> = {}
    for await (const { id, read } of acceptancesOf(store, now)) all[id] = await read()
    return all
  }

  it('are written as the JSON that they always were, edit by edit', async () => {
    const batch = { id: 'batch_1', producer: 'acme', name: 'x', total: 2, bodyHash: 'b' }
    const acceptance = { v: 1 as const, batch, edits: [edit('batch_1-0'), edit('batch_1-1')] }
    expect(await writeAcceptance(store, 'batch_1', acceptance, now)).toBe('promised')
    const held = await store.get(`${acceptancePrefix(now)}batch_1`)
    expect(held?.toString()).toBe(JSON.stringify(acceptance))
    expect(await writeAcceptance(store, 'batch_1', acceptance, now)).toBe('promised')
    const other = { ...acceptance, batch: { ...batch, bodyHash: 'c' } }
    expect(await writeAcceptance(store, 'batch_1', other, now)).toBe('conflict')
  })

  it('are read one by one: what one holds that cannot be carried out hides none of the others', async () => {
    await writeAcceptance(store, 'edit_sound', { v: 1, edits: [edit('edit_sound')] }, now)
    await put('edit_torn', '{"v":1,"edi')
    await put('edit_newer', JSON.stringify({ v: 2, edits: [] }))
    await put(
      'batch_mixed',
      JSON.stringify({
        v: 1,
        edits: [edit('batch_mixed-0'), edit('batch_mixed-1', { key: 'bad\ud800' }), { id: 'batch_mixed-2' }],
      }),
    )
    expect(await readAll()).toEqual({
      edit_sound: { kind: 'readable', acceptance: { v: 1, edits: [edit('edit_sound')] }, poisoned: [] },
      edit_torn: { kind: 'poisoned', reason: expect.stringContaining('JSON') },
      edit_newer: { kind: 'poisoned', reason: expect.any(String) },
      batch_mixed: {
        kind: 'readable',
        acceptance: { v: 1, edits: [edit('batch_mixed-0')] },
        poisoned: [
          { id: 'batch_mixed-1', reason: expect.stringContaining('its key holds half a character') },
          { id: 'batch_mixed-2', reason: expect.any(String) },
        ],
      },
    })
  })

  it('keep what a stricter version would refuse: it was promised', async () => {
    const old = edit('edit_old', {
      request: { ...request, prompt: 'bad\ud800', metadata: { ['n'.repeat(100)]: 'x'.repeat(20_000) } },
    })
    await put('edit_old', JSON.stringify({ v: 1, edits: [old] }))
    expect(await readAll()).toMatchObject({ edit_old: { kind: 'readable', poisoned: [] } })
  })
})
