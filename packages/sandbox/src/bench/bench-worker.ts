import { createLog } from '@restyle/shared/log'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { readConfig } from '@restyle/worker/config'
import { type ThumbnailPace, usualThumbnails } from '@restyle/worker/copy/thumbnails'
import { type RunningWorker, startWorker } from '@restyle/worker/start'
import { benchModel, plenty } from './bench-settings.ts'

/** Images that are copied at a time; as many tasks may run, so that neither side starves the other. */
export const placesOf = (inFlight: number) => ({
  running: Math.max(1, Math.ceil(inFlight / 2)),
  copying: Math.max(1, Math.floor(inFlight / 2)),
})

type BenchWorker = {
  prefix: string
  bucket: string
  inFlight: number
  /** Small pictures: as many as a worker makes (absent), of every image (some are not stored, while others are), or none. */
  small?: 'all' | 'none'
}

const paceOf = {
  all: { ...usualThumbnails, perSecond: plenty, burst: plenty },
  none: { ...usualThumbnails, perSecond: 0, burst: 0 },
} satisfies Record<string, ThumbnailPace>

/** A whole worker in this process, on a lane without quotas, which asks about a task as soon as it is submitted. */
export function startBenchWorker(
  env: Record<string, string>,
  { prefix, bucket, inFlight, small }: BenchWorker,
): Promise<RunningWorker> {
  const { running, copying } = placesOf(inFlight)
  const lane = { name: 'bench', model: benchModel, running, submitPerSecond: plenty, queryPerSecond: plenty }
  const config = readConfig({
    ...env,
    RESTYLE_PREFIX: prefix,
    S3_BUCKET: bucket,
    RESTYLE_LANES: JSON.stringify([lane]),
    RESTYLE_COPY_CONCURRENCY: String(copying),
  })
  const port = Number(new URL(env['DASHSCOPE_BASE_URL'] ?? '').port)
  return startWorker(config, {
    log: createLog('silent'),
    filesAfterMs: 24 * 3600_000,
    dispatcher: guardedAgent({ allow: (address, at) => address === '127.0.0.1' && at === port }),
    schedule: { firstMs: 0, growth: 0.08, minMs: 5, maxMs: 200, usualMs: 50 },
    ...(small === undefined ? {} : { thumbnails: paceOf[small] }),
  })
}
