import type { ObjectKeeper, ObjectRecord } from './object-record.ts'
import { S3Error } from './s3-error.ts'
import type { S3ErrorCode } from './s3-error.ts'

/** What a write demands of the object that is there. */
export interface WriteConditions {
  /** `*`: only if there is none. */
  ifNoneMatch?: string | undefined
  /** An ETag: only if it is this one. */
  ifMatch?: string | undefined
  /** Only if there is none, and what to say where there is one. */
  createOnly?: S3ErrorCode
}

/** An object about to be written; the bucket adds the count. */
export type ObjectDraft = Omit<ObjectRecord, 'versionsWritten'>

/** The buckets and their objects. Each key is worked on by one request at a time; that makes conditions atomic. */
export interface Buckets {
  create: (bucket: string) => Promise<void>
  /** Throws NoSuchBucket. */
  require: (bucket: string) => void
  /** Throws NoSuchBucket, NoSuchKey. */
  find: (bucket: string, key: string) => ObjectRecord
  /** A record and the bytes that belong to it. Throws NoSuchBucket, NoSuchKey. */
  read: (bucket: string, key: string) => Promise<{ record: ObjectRecord; body: Buffer }>
  /** Throws PreconditionFailed, NoSuchBucket; NoSuchKey when `ifMatch` meets nothing. */
  write: (bucket: string, draft: ObjectDraft, body: Buffer, conditions: WriteConditions) => Promise<void>
  remove: (bucket: string, key: string) => Promise<void>
  /** All records in the order of S3: by the bytes of their keys. */
  records: (bucket: string) => readonly ObjectRecord[]
}

interface Bucket {
  objects: Map<string, ObjectRecord>
  /** Forgotten whenever a key comes or goes. */
  sorted: ObjectRecord[] | undefined
}

/** Opens what the keeper holds. */
export async function openBuckets(keeper: ObjectKeeper): Promise<Buckets> {
  const buckets = new Map<string, Bucket>()
  const inTurn = takeTurns()
  for (const [bucket, records] of await keeper.load())
    buckets.set(bucket, {
      objects: new Map(records.map((record) => [record.key, record])),
      sorted: undefined,
    })

  const bucketOf = (name: string): Bucket => {
    const bucket = buckets.get(name)
    if (bucket === undefined) throw new S3Error('NoSuchBucket')
    return bucket
  }

  const find = (bucket: string, key: string): ObjectRecord => {
    const record = bucketOf(bucket).objects.get(key)
    if (record === undefined) throw new S3Error('NoSuchKey')
    return record
  }

  return {
    async create(bucket) {
      if (!isBucketName(bucket)) throw new S3Error('InvalidBucketName')
      if (buckets.has(bucket)) throw new S3Error('BucketAlreadyOwnedByYou')
      await keeper.addBucket(bucket)
      buckets.set(bucket, { objects: new Map(), sorted: undefined })
    },

    require: (bucket) => void bucketOf(bucket),

    find,

    read: async (bucket, key) =>
      await inTurn(`${bucket}/${key}`, async () => {
        const record = find(bucket, key)
        return { record, body: await keeper.read(bucket, key) }
      }),

    write: async (bucket, draft, body, conditions) =>
      await inTurn(`${bucket}/${draft.key}`, async () => {
        const { objects } = bucketOf(bucket)
        const before = objects.get(draft.key)
        refuseUnless(conditions, before)
        const record = { ...draft, versionsWritten: (before?.versionsWritten ?? 0) + 1 }
        await keeper.write(bucket, record, body)
        objects.set(draft.key, record)
        bucketOf(bucket).sorted = undefined
      }),

    remove: async (bucket, key) =>
      await inTurn(`${bucket}/${key}`, async () => {
        await keeper.remove(bucket, key)
        if (bucketOf(bucket).objects.delete(key)) bucketOf(bucket).sorted = undefined
      }),

    records(name) {
      const bucket = bucketOf(name)
      bucket.sorted ??= [...bucket.objects.values()].toSorted((one, other) =>
        compareBytes(one.key, other.key),
      )
      return bucket.sorted
    },
  }
}

/** S3's rule for names, which also makes them safe as folder names. */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..')
}

/** Orders as UTF-8 bytes do: like code units, but surrogates (above U+FFFF) come last. */
export function compareBytes(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at += 1) {
    const difference = rank(one.charCodeAt(at)) - rank(other.charCodeAt(at))
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function refuseUnless(conditions: WriteConditions, before: ObjectRecord | undefined): void {
  const { ifNoneMatch, ifMatch, createOnly } = conditions
  if (createOnly !== undefined && before !== undefined) throw new S3Error(createOnly)
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw new S3Error('NotImplemented')
  if (ifNoneMatch !== undefined && before !== undefined) throw new S3Error('PreconditionFailed')
  if (ifMatch !== undefined && before === undefined) throw new S3Error('NoSuchKey')
  if (ifMatch !== undefined && ifMatch.replaceAll('"', '') !== before?.etag)
    throw new S3Error('PreconditionFailed')
}

/** Runs what has the same name one after the other. */
function takeTurns(): <Result>(name: string, work: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>()
  return async (name, work) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work)
    last.set(name, turn)
    try {
      return await turn
    } finally {
      if (last.get(name) === turn) last.delete(name)
    }
  }
}
