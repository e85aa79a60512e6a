import { createHash, randomUUID } from 'node:crypto'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { createOnly, saysTaken } from './create-once.ts'
import { explainFault, explainOverwriting } from './explain.ts'
import { StoreError } from './store-error.ts'
import type { StoreOptions } from './store-options.ts'

/**
 * What was found when the bucket was tried. `says` is a sentence that names what to change.
 * - `sound`: it can be written to, read and listed, and keeps its first writer (with `S3_CREATE_ONCE=off` nobody asked)
 * - `overwrites`: it took a second write to the same key, so receipts would fence nothing
 * - `refused`: it says no for good: access, region, name, or the header that creates once
 * - `away`: no answer, or one that means later
 *
 * `clockSkewMs`: its clock minus ours, to about a second; undefined when it told no time.
 */
export type Probe = { clockSkewMs?: number } & (
  | { kind: 'sound' }
  | { kind: 'overwrites'; says: string }
  | { kind: 'refused' | 'away'; says: string; fault: StoreError }
)

/** Creates `.restyle/probe/<id>` twice, which must succeed once, reads it back and lists it. Never rejects. */
export async function probeBucket(
  client: S3Client,
  options: StoreOptions,
  {
    id = randomUUID(),
    now = Date.now,
    signal,
  }: { id?: string; now?: () => number; signal?: AbortSignal | undefined } = {},
): Promise<Probe> {
  const { bucket, createOnce: mode = 'if-none-match' } = options
  const limits = signal && { abortSignal: signal }
  const at = { Bucket: bucket, Key: `.restyle/probe/${id}` }
  const clock: { skewMs?: number } = {}
  const found = (probe: Probe): Probe => ({
    ...probe,
    ...(clock.skewMs !== undefined && { clockSkewMs: clock.skewMs }),
  })
  const failed = (fault: StoreError, deed: 'read' | 'write'): Probe => {
    const kind = fault.kind === 'transient' ? 'away' : 'refused'
    return found({ kind, fault, says: explainFault(fault, options, deed) })
  }

  const create = async (text: string): Promise<StoreError | undefined> => {
    const Body = Buffer.from(text)
    const ContentMD5 = createHash('md5').update(Body).digest('base64')
    const command = createOnly(new PutObjectCommand({ ...at, Body, ContentMD5 }), mode)
    tellTime(command, clock, now)
    return attempt('write a test object', 'write', () => client.send(command, limits))
  }

  const first = await create('first')
  // refused as taken it was stored all the same: not answered, and sent again by the SDK
  if (first !== undefined && !saysTaken(first, mode)) return failed(first, 'write')
  const second = mode === 'off' ? undefined : await create('second')
  if (second !== undefined && !saysTaken(second, mode)) return failed(second, 'write')

  let text = ''
  const unread = await attempt('read the test object', 'read', async () => {
    const { Body } = await client.send(new GetObjectCommand(at), limits)
    text = (await Body?.transformToString()) ?? ''
  })
  if (unread !== undefined) return failed(unread, 'read')
  if (text !== 'first' || (mode !== 'off' && second === undefined))
    return found({ kind: 'overwrites', says: explainOverwriting(options) })
  // without the right to list, S3 answers 403 for a key that is not there
  const unlisted = await attempt('list the test object', 'read', () =>
    client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: at.Key, MaxKeys: 1 }), limits),
  )
  return unlisted === undefined ? found({ kind: 'sound' }) : failed(unlisted, 'read')
}

async function attempt(doing: string, deed: 'read' | 'write', act: () => Promise<unknown>) {
  try {
    await act()
    return undefined
  } catch (error) {
    return new StoreError(doing, error, deed)
  }
}

function tellTime(command: PutObjectCommand, clock: { skewMs?: number }, now: () => number): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { headers } = result.response as { headers?: Record<string, string> }
      const serverTime = Date.parse(headers?.['date'] ?? '')
      if (!Number.isNaN(serverTime)) clock.skewMs = serverTime - now()
      return result
    },
    { step: 'deserialize', priority: 'low' },
  )
}
