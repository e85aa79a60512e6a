import { startBareApi } from './bare-api.ts'
import { startDashScope } from '../dashscope/start-dashscope.ts'
import { startS3 } from '../s3/start-s3.ts'
import { startReceiver } from '../webhook/start-receiver.ts'
import { benchModel, keys, plenty } from './bench-settings.ts'

/** One server, named by the first argument (of s3 the buckets follow, of the bare API the address of Redis), in a process of its own. Says its address and ends when its parent hangs up. */
const starts: Record<string, () => Promise<{ url: string; stop: () => Promise<void> }>> = {
  dashscope: () =>
    startDashScope({
      instant: true,
      quotas: { [benchModel]: { running: plenty, submitPerSecond: plenty } },
      queryPerSecond: plenty,
    }),
  'bare-api': () => startBareApi(process.argv[3] ?? ''),
  s3: () => startS3({ ...keys, buckets: process.argv.slice(3) }),
  receiver: () => startReceiver({ keep: false }),
  'hanging-receiver': async () => {
    const receiver = await startReceiver({ keep: false })
    receiver.behave({ kind: 'hang' })
    return receiver
  },
}

const server = await starts[process.argv[2] ?? '']?.()
process.once('disconnect', () => void server?.stop())
process.send?.(server?.url)
