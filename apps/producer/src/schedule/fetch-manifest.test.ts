import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { existsSync } from 'node:fs'
import { limits } from '@restyle/shared/contract/limits'
import { StoreError } from '@restyle/shared/store/store-error'
import { MockAgent } from 'undici'
import { fetchManifest, type ManifestSources } from './fetch-manifest.ts'

const agent = new MockAgent()
agent.disableNetConnect()
const web = agent.get('https://cdn.example.com')
afterAll(() => agent.close())

const text = 'sku,image\n1,a.jpg\n'
const refused = new StoreError('get', { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })

const sources = (more: Partial<ManifestSources> = {}): ManifestSources => ({
  places: [{ bucket: 'photos', prefix: 'acme/', producer: 'acme' }],
  bucketOf: () => ({
    head: async (key) => {
      if (key.includes('secret')) throw refused
      if (key.includes('none')) return undefined
      const bytes = key.includes('large') ? limits.manifestBytes + 1 : text.length
      return { bytes, contentType: 'text/csv', metadata: {} }
    },
    get: async () => Buffer.from(text),
    list: async function* (prefix) {
      for (const name of ['a.jpg', 'b/c.png', 'notes.txt'])
        if (!prefix.includes('none')) yield { key: `acme/spring/${name}`, bytes: 5, modifiedAt: 0 }
    },
  }),
  dispatcher: agent,
  ...more,
})

const fetched = (address: string, producer = 'acme') =>
  fetchManifest(address, producer, sources(), new AbortController().signal)

describe('the manifest of a schedule', () => {
  it('is a file of its own until it is closed', async () => {
    const manifest = await fetched('s3://photos/acme/spring/catalog.csv')
    if (manifest.kind === 'faulty') throw new Error(manifest.detail)
    expect(manifest).toMatchObject({ folder: 's3://photos/acme/spring/' })
    expect(manifest.path).toMatch(/\/catalog\.csv$/)
    expect(await readFile(manifest.path, 'utf8')).toBe(text)
    await manifest.close()
    expect(existsSync(dirname(manifest.path))).toBe(false)
  })

  it.each([
    ['s3://photos/acme/none.csv', 'it is not there'],
    ['s3://photos/other/catalog.csv', 'RESTYLE_SOURCE_BUCKETS does not list its place'],
    ['s3://photos/acme/../other/a.csv', 'RESTYLE_SOURCE_BUCKETS does not list its place'],
    ['s3://photos/acme/secret.csv', 'the store says AccessDenied'],
    ['s3://photos/acme/large.csv', 'has more than 64 MiB'],
    ['s3://photos/acme/none/', 'does not exist, or nothing is in it'],
    ['s3://photos/acme/none', 'nothing is in it; all that begins so is s3://photos/acme/none*'],
    ['s3://photos/other/', 'RESTYLE_SOURCE_BUCKETS does not list its place'],
    // all of the bucket, of which only a folder may be read
    ['s3://photos/', 'RESTYLE_SOURCE_BUCKETS does not list its place'],
    ['s3://photos/acme*', 'RESTYLE_SOURCE_BUCKETS does not list its place'],
  ])('at %s cannot be had: %s', async (address, why) => {
    expect(await fetched(address)).toMatchObject({ kind: 'faulty', detail: expect.stringContaining(why) })
  })

  it.each(['s3://photos/acme/spring/', 's3://photos/acme/spring', 's3://photos/acme/spring/*'])(
    'may be a folder of pictures, as it is listed then: %s',
    async (address) => {
      const manifest = await fetched(address)
      if (manifest.kind === 'faulty') throw new Error(manifest.detail)
      expect(manifest).toMatchObject({ folder: 's3://photos/acme/spring/', listing: true })
      expect((await readFile(manifest.path, 'utf8')).split('\n')).toHaveLength(4)
      await manifest.close()
      expect(existsSync(dirname(manifest.path))).toBe(false)
    },
  )

  it('of another producer cannot be had', async () => {
    expect((await fetched('s3://photos/acme/catalog.csv', 'other')).kind).toBe('faulty')
  })

  it('is not faulty because the bucket is away', async () => {
    const away = new StoreError('get', { name: 'TimeoutError' })
    const bucketOf = () => ({
      head: () => Promise.reject(away),
      get: () => Promise.reject(away),
      list: () => {
        throw away
      },
    })
    const signal = new AbortController().signal
    for (const address of ['s3://photos/acme/a.csv', 's3://photos/acme/spring/'])
      await expect(fetchManifest(address, 'acme', sources({ bucketOf }), signal)).rejects.toBe(away)
  })

  it('comes from the web, also from where that leads, and no signature is told', async () => {
    web.intercept({ path: '/a.csv?sig=secret' }).reply(302, '', { headers: { location: '/b.csv' } })
    web.intercept({ path: '/b.csv' }).reply(200, text)
    const manifest = await fetched('https://cdn.example.com/a.csv?sig=secret')
    if (manifest.kind === 'faulty') throw new Error(manifest.detail)
    expect(manifest.folder).toBe('https://cdn.example.com/')
    expect(await readFile(manifest.path, 'utf8')).toBe(text)
    await manifest.close()
    web.intercept({ path: '/a.csv?sig=secret' }).reply(404, '')
    expect(await fetched('https://cdn.example.com/a.csv?sig=secret')).toEqual({
      kind: 'faulty',
      detail: 'https://cdn.example.com/a.csv cannot be read: it answers 404',
    })
  })

  it.each([
    ['leads to an address that is not https', { location: 'http://10.0.0.1/a.csv' }],
    ['leads from one address to another', { location: '/loop.csv' }],
  ])('that %s is refused', async (why, headers) => {
    const path = headers.location === '/loop.csv' ? '/loop.csv' : '/out.csv'
    web.intercept({ path }).reply(302, '', { headers }).times(4)
    expect(await fetched(`https://cdn.example.com${path}`)).toMatchObject({
      kind: 'faulty',
      detail: expect.stringContaining(why),
    })
  })
})
