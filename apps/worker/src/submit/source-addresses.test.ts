import { defaultModel } from '@restyle/dashscope/models'
import { Edit } from '@restyle/shared/contract/edit'
import type { Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'
import type { Lane } from '../lane/lane.ts'
import type { Delivery } from './choose-delivery.ts'
import { sourceAddresses } from './source-addresses.ts'

const lane = { account: 'a', model: defaultModel } as unknown as Lane
const edit = (image: string) =>
  Edit.parse({
    id: 'e',
    producer: 'acme',
    key: '1',
    state: 'queued',
    version: 1,
    request: JSON.stringify({ prompt: 'x', images: [image] }),
    bodyHash: '',
    createdAt: 0,
    updatedAt: 0,
  })

const answer = (code: string, httpStatusCode: number) =>
  new StoreError('get', { name: code, $metadata: { httpStatusCode } })
const denied = answer('AccessDenied', 403)
const away = answer('ServiceUnavailable', 503)
const archived = answer('InvalidObjectState', 403)

/** A store of which every read of a picture is answered so; `head`: what it says to other questions. */
const store = (error: StoreError, head: () => Promise<undefined> = async () => undefined) =>
  ({ get: () => Promise.reject(error), head }) as unknown as Store

const ask = (image: string, own: Store, foreign: Store = own, delivery: Delivery = 'inline') =>
  sourceAddresses(delivery, own, { bucketOf: () => foreign, mayRead: () => true }).of(edit(image), lane)

describe('a source that its store does not hand out', () => {
  const elsewhere = 's3://photos/a.png'
  const ours = `sha256:${'0'.repeat(64)}`

  it.each([
    ['refuses it', denied, true],
    ['is away', away, false],
  ])('is the trouble of its edit alone where another bucket %s', async (_, error, refused) => {
    expect(await ask(elsewhere, store(denied), store(error))).toMatchObject({
      kind: 'trouble',
      refused,
      place: 's3://photos',
    })
  })

  it('is trouble too where our own bucket refuses this one and answers otherwise', async () => {
    expect(await ask(ours, store(denied))).toMatchObject({ kind: 'trouble', refused: true })
  })

  it('is the bucket’s matter where our own refuses everything, or is away', async () => {
    const closed = store(denied, () => Promise.reject(denied))
    expect(await ask(ours, closed)).toMatchObject({ kind: 'later', error: denied })
    expect(await ask(ours, store(away))).toMatchObject({ kind: 'later', error: away })
  })

  it('is not signed either where it is archived, for the vendor could not read it', async () => {
    const head = async () => ({ bytes: 1, contentType: '', metadata: {}, archived: true as const })
    const asleep = { head, presignGet: async () => 'https://photos.example/a.png' } as unknown as Store
    expect(await ask(elsewhere, store(denied), asleep, 'presign')).toMatchObject({
      kind: 'unusable',
      failure: { code: 'SourceUnreadable', message: expect.stringContaining('must be restored') as string },
    })
  })

  it('is never read where it is archived', async () => {
    expect(await ask(elsewhere, store(denied), store(archived))).toMatchObject({
      kind: 'unusable',
      failure: { code: 'SourceUnreadable' },
    })
  })
})

it('a photo that was replaced under its name is uploaded anew, and only then', async () => {
  let etag = 'first'
  let uploads = 0
  const foreign = {
    head: async () => ({ bytes: 1, contentType: '', metadata: {}, etag }),
    get: async () => Buffer.from(etag),
  } as unknown as Store
  const client = {
    uploadPolicy: async () => ({ kind: 'policy', policy: {} }),
    upload: async () => ({ kind: 'uploaded', url: `oss://${(uploads += 1)}` }),
  }
  const uploading = { ...lane, client } as unknown as Lane
  const addresses = sourceAddresses('upload', foreign, { bucketOf: () => foreign, mayRead: () => true })
  const urls = async () => {
    const sources = await addresses.of(edit('s3://photos/a.png'), uploading)
    return sources.kind === 'ready' ? sources.urls : sources
  }
  expect([await urls(), await urls()]).toEqual([['oss://1'], ['oss://1']])
  etag = 'second'
  expect([await urls(), await urls()]).toEqual([['oss://2'], ['oss://2']])
})

it('of one who signed an address that is over now, nothing is sent', async () => {
  const over = 'https://b.example.com/a.png?Expires=1700000000&Signature=x'
  expect(await ask(over, store(denied))).toMatchObject({
    kind: 'unusable',
    failure: { code: 'SourceExpired', message: expect.not.stringContaining('Signature') as string },
  })
})

describe('an upload to the vendor', () => {
  const hourMs = 3600_000
  const today = new Date(Date.now() + 8 * hourMs).toISOString().slice(0, 10)
  const upload = (day: string) => `oss://dashscope-instant/mine/${day}/5f72/lamp.png`
  const laneOf = (folder: string | undefined) => {
    const answer =
      folder === undefined ? { kind: 'unanswered' } : { kind: 'policy', policy: { upload_dir: folder } }
    return {
      ...lane,
      id: 'l',
      name: 'beijing',
      client: { uploadPolicy: async () => answer },
    } as unknown as Lane
  }
  const noted: string[] = []
  const addresses = (to: Lane, image: string, createdAt = Date.now()) =>
    sourceAddresses('inline', store(denied), {
      bucketOf: () => undefined,
      mayRead: () => false,
      noteFolder: async (_, folder) => void noted.push(folder),
    }).of({ ...edit(image), createdAt }, to)

  it('is passed on until 48 hours after it was taken, and its folder is noted', async () => {
    const createdAt = Date.now() - hourMs
    expect(await addresses(laneOf('dashscope-instant/mine/x'), upload(today), createdAt)).toEqual({
      kind: 'ready',
      urls: [upload(today)],
      usesOss: true,
      until: createdAt + 48 * hourMs,
    })
    expect(noted).toEqual(['dashscope-instant/mine'])
  })

  it('is no source once it is over for sure, by its day or by when it was taken', async () => {
    const expired = { kind: 'unusable', failure: { code: 'SourceExpired' } }
    const mine = laneOf('dashscope-instant/mine/x')
    expect(await addresses(mine, upload('2026-03-02'))).toMatchObject(expired)
    expect(await addresses(mine, upload(today), Date.now() - 48 * hourMs)).toMatchObject(expired)
  })

  it('is no source on a lane of another account, and is passed on where nobody knows whose the lane is', async () => {
    expect(await addresses(laneOf('dashscope-instant/other/x'), upload(today))).toMatchObject({
      kind: 'unusable',
      failure: { code: 'SourceElsewhere' },
    })
    expect(await addresses(laneOf(undefined), upload(today))).toMatchObject({ kind: 'ready' })
  })
})
