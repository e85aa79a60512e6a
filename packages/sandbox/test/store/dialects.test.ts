import { randomBytes } from 'node:crypto'
import type { CreateOnce } from '@restyle/shared/store/create-once'
import { localhostIsHere } from '@restyle/shared/store/s3-client'
import { Agent, fetch } from 'undici'
import type { Dialect } from '../../src/s3/dialects.ts'
import { openBucketWorld, sha256 } from './bucket-world.ts'
import type { BucketWorld } from './bucket-world.ts'

const picture = randomBytes(200_000)
const facts = { contentType: 'image/png', sha256: sha256(picture) }
const other = randomBytes(10)
const ofOther = { ...facts, sha256: sha256(other) }

const stores: [Dialect, CreateOnce][] = [
  ['aws', 'if-none-match'],
  ['oss', 'oss'],
  ['cos', 'cos'],
  ['ibm', 'ibm'],
  ['b2', 'off'],
  ['gcs', 'off'],
]

describe.each(stores)('a bucket of %s with S3_CREATE_ONCE=%s', (dialect, createOnce) => {
  let world: BucketWorld
  let open: () => ReturnType<BucketWorld['open']>
  beforeEach(async () => {
    world = await openBucketWorld({ buckets: [{ name: 'images', dialect }] })
    const byHost = { endpoint: world.server.hostUrl, forcePathStyle: false }
    open = () => world.open({ bucket: 'images', createOnce, ...byHost })
  })
  afterEach(() => world.close())

  const held = () => world.server.objects('images')

  it('takes an object once, knows its bytes again and leaves others alone', async () => {
    const store = open()
    expect(await store.putIfAbsent('a', picture, facts)).toEqual({ kind: 'created' })
    expect(await store.putIfAbsent('a', picture, facts)).toEqual({ kind: 'same' })
    expect(await store.putIfAbsent('a', other, ofOther)).toEqual({ kind: 'collision', sha256: facts.sha256 })
    expect(held()).toMatchObject([{ sha256: facts.sha256, versionsWritten: 1 }])
  })

  it('stores once though the first answer is lost', async () => {
    world.server.faults.add({ do: 'lose-reply', operation: 'PutObject', times: 1 })
    const put = await open().putIfAbsent('a', picture, facts)
    expect(put.kind).toBe(createOnce === 'off' ? 'created' : 'same')
    expect(held()).toMatchObject([{ sha256: facts.sha256 }])
  })

  it('gives its objects by get, head, list and to anyone with an address', async () => {
    const store = open()
    await store.putIfAbsent('a b/ü.png', picture, { ...facts, metadata: { edit: 'e1' } })
    expect((await store.get('a b/ü.png'))?.equals(picture)).toBe(true)
    expect(await store.head('a b/ü.png')).toMatchObject({ sha256: facts.sha256, metadata: { edit: 'e1' } })
    const listed: string[] = []
    for await (const { key } of store.list('a b/')) listed.push(key)
    expect(listed).toEqual(['a b/ü.png'])
    const dispatcher = new Agent({ connect: { lookup: localhostIsHere } })
    const answer = await fetch(await store.presignGet('a b/ü.png', 60), { dispatcher })
    expect(Buffer.from(await answer.arrayBuffer()).equals(picture)).toBe(true)
    await dispatcher.close()
  })

  if (createOnce !== 'off')
    it('lets one of twenty create it', async () => {
      const [one, two] = [open(), open()]
      const writers = Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? one : two).putIfAbsent('a', picture, facts),
      )
      const outcomes = (await Promise.all(writers)).map(({ kind }) => kind)
      expect(outcomes.toSorted()).toEqual(['created', ...Array.from({ length: 19 }, () => 'same')])
      expect(held()).toMatchObject([{ versionsWritten: 1 }])
    })
})
