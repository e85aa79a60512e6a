import type { S3Client } from '@aws-sdk/client-s3'
import type { StoreDeed } from './classify.ts'
import type { CreateOnce } from './create-once.ts'
import { StoreError } from './store-error.ts'

/** A bucket, and what every call to it needs. */
export type Bucket = { client: S3Client; name: string; createOnce: CreateOnce; callTimeoutMs: number }

/** Gives a call its time. Failures become `StoreError`s; rejects with the signal's reason when `signal` aborts. */
export async function callBucket<T>(
  { callTimeoutMs }: Bucket,
  doing: string,
  send: (limits: { abortSignal: AbortSignal }) => Promise<T>,
  { signal, deed = 'read' }: { signal?: AbortSignal | undefined; deed?: StoreDeed } = {},
): Promise<T> {
  // not AbortSignal.timeout: joined with another signal it stays in memory until its time, long after the call
  const late = new AbortController()
  const timer = setTimeout(
    () => late.abort(new DOMException('no answer in time', 'TimeoutError')),
    callTimeoutMs,
  )
  const deadline = late.signal
  try {
    return await send({ abortSignal: signal ? AbortSignal.any([signal, deadline]) : deadline })
  } catch (error) {
    signal?.throwIfAborted()
    throw new StoreError(doing, error, deed)
  } finally {
    clearTimeout(timer)
  }
}
