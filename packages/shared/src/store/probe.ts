import { randomUUID } from 'node:crypto'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { StoreError } from './store-error.ts'

/**
 * `ok`: the bucket can be written to and keeps its first writer. `conditionalPut: false` with no fault: the server took
 * a second write to the same key, so receipts would not fence anything. `clockSkewMs`: its clock minus ours, to
 * about a second; undefined when it told no time.
 */
export type Probe = { ok: boolean; conditionalPut: boolean; clockSkewMs?: number; fault?: StoreError }

/** Creates `.restyle/probe/<id>` twice, which must succeed once. Reports failures, never rejects. */
export async function probeBucket(
  client: S3Client,
  bucket: string,
  { id = randomUUID(), now = Date.now }: { id?: string; now?: () => number } = {},
): Promise<Probe> {
  let clockSkewMs: number | undefined
  const create = async () => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: `.restyle/probe/${id}`,
      Body: Buffer.from('probe'),
      IfNoneMatch: '*',
    })
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        clockSkewMs = skewOf(result.response, now())
        return result
      },
      { step: 'deserialize', priority: 'low' },
    )
    try {
      await client.send(command)
    } catch (error) {
      return new StoreError('probe', error)
    }
  }
  const report = (probe: Probe): Probe => ({ ...probe, ...(clockSkewMs !== undefined && { clockSkewMs }) })

  // the first may itself end in 412: stored, not answered, sent again by the SDK
  const fault = (await create()) ?? (await create())
  if (!fault) return report({ ok: false, conditionalPut: false })
  if (fault.status === 412) return report({ ok: true, conditionalPut: true })
  return report({ ok: false, conditionalPut: false, fault })
}

function skewOf(response: unknown, now: number): number | undefined {
  const { headers } = response as { headers?: Record<string, string> }
  const serverTime = Date.parse(headers?.['date'] ?? '')
  return Number.isNaN(serverTime) ? undefined : serverTime - now
}
