import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent } from 'node:http'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { localhostIsHere } from '@restyle/shared/store/s3-client'
import type { Dialect } from '../../src/s3/dialects.ts'
import { startS3 } from '../../src/s3/start-s3.ts'
import { accessChecks } from './access-checks.ts'
import { clientFor, refusal } from './contract-server.ts'
import type { CheckWorld, ContractServer } from './contract-server.ts'
import { multipartChecks } from './multipart-checks.ts'
import { hasRadosgw, startRadosgw } from './radosgw.ts'
import { readChecks } from './read-checks.ts'
import { writeChecks } from './write-checks.ts'

const account = { accessKeyId: 'AKCONTRACT', secretAccessKey: 'contract-secret' }
const checks = { ...writeChecks, ...readChecks, ...accessChecks, ...multipartChecks }

interface Candidate {
  name: string
  start: () => Promise<ContractServer>
  client?: S3ClientConfig
  /** Checks it is known not to pass, and why. */
  gaps: Readonly<Record<string, string>>
}

const candidates: Candidate[] = [
  {
    name: 'the sandbox in memory',
    start: async () => ({ ...account, ...(await startS3({ ...account, buckets: [] })) }),
    gaps: {},
  },
  { name: 'the sandbox on disk', start: startOnDisk, gaps: {} },
]

const noConditions = 'does not take If-None-Match and If-Match on a write'
const noChunks = 'does not take aws-chunked'
const conditional = {
  'refuses a second write that wants to be the first': noConditions,
  'lets exactly one of twenty parallel first writes win': noConditions,
  'overwrites only the bytes that If-Match names': noConditions,
  'takes megabytes from a client that asks first (100-continue)': noConditions,
  'completes no upload over an object when it wants to be the first': noConditions,
}
/** Of those that refuse conditions instead of ignoring them. */
const refusing = { ...conditional, 'deletes what is there and does not mind what is not': noConditions }
const byPath = 'the check asks by path'

/** The sandbox as other stores: what they are known not to do, and all the rest of the contract. */
const inDialect = (dialect: Dialect, gaps: Candidate['gaps'], client: S3ClientConfig = {}): Candidate => ({
  name: `the sandbox as ${dialect}`,
  start: async () => {
    const server = await startS3({ ...account, buckets: [{ name: 'contract', dialect }] })
    return { ...account, ...server, url: dialect === 'oss' ? server.hostUrl : server.url }
  },
  client,
  gaps,
})

candidates.push(
  inDialect('r2', {}),
  inDialect('ibm', {}),
  inDialect('b2', refusing),
  inDialect('gcs', { ...conditional, 'takes a stream with its checksum in the trailer': noChunks }),
  inDialect('cos', { ...conditional, 'takes a stream with its checksum in the trailer': noChunks }),
  inDialect(
    'oss',
    {
      ...refusing,
      'takes a stream with its checksum in the trailer': noChunks,
      'lets a presigned URL write and read until it expires': byPath,
      'refuses a presigned URL that was changed': byPath,
    },
    {
      forcePathStyle: false,
      requestHandler: { requestTimeout: 10_000, httpAgent: new Agent({ lookup: localhostIsHere }) },
    },
  ),
)

/** radosgw 16 (Debian 12). */
const radosgwGaps = {
  'overwrites only the bytes that If-Match names': 'takes an ETag only without its quotes',
  'refuses bytes that are not those of their SHA-256': 'ignores x-amz-checksum-*',
  'gives back the checksum it was given': 'ignores x-amz-checksum-*',
  'takes a stream with its checksum in the trailer': 'wants a Content-Length for aws-chunked (411)',
  'refuses parts that are out of order': 'looks at their sizes first',
  'forgets an upload that was aborted': 'answers 500',
  'completes no upload over an object when it wants to be the first': 'ignores If-None-Match there',
}

// the same checks against a server by other people keep ours honest
if (hasRadosgw()) candidates.push({ name: 'radosgw', start: startRadosgw, gaps: radosgwGaps })
const names = candidates.map(({ name }) => name).join(', ')
process.stdout.write(`S3 contract: checking ${names}${hasRadosgw() ? '' : ' (radosgw is not installed)'}\n`)

describe.each(candidates)('S3 contract of $name', ({ start, client = {}, gaps }) => {
  let server: ContractServer
  let world: Omit<CheckWorld, 'key'>

  beforeAll(async () => {
    server = await start()
    world = { server, client: clientFor(server, client), bucket: 'contract' }
    // some start with it
    await refusal(world.client.send(new CreateBucketCommand({ Bucket: 'contract' })))
  }, 60_000)

  afterAll(async () => {
    world.client.destroy()
    await server.stop()
  })

  for (const [index, [title, check]] of Object.entries(checks).entries()) {
    const run = () => check({ ...world, key: (name) => `check-${index}/${name}` })
    if (gaps[title] === undefined)
      it(`${title}`, async () => {
        await expect(run()).resolves.toBeUndefined()
      })
    // a gap that was closed is noticed, and its line goes
    else
      it(`is known to lack: ${title} (${gaps[title]})`, async () => {
        await expect(run()).rejects.toThrow(/./)
      })
  }
})

async function startOnDisk(): Promise<ContractServer> {
  const dir = await mkdtemp(join(tmpdir(), 'restyle-s3-'))
  const server = await startS3({ ...account, dir, buckets: [] })
  return {
    ...account,
    url: server.url,
    async stop() {
      await server.stop()
      await rm(dir, { recursive: true })
    },
  }
}
