import { parseEnv } from 'node:util'
import { ownUid } from './config.ts'
import { readOwnFile } from './own-file.ts'

/** What a worker reads of its own. Others (NODE_OPTIONS, proxies) could run code or lead its calls elsewhere. */
const known = /^(REDIS_URL|LOG_LEVEL|(S3|DASHSCOPE|RESTYLE)_[A-Z0-9_]+)$/

/** Variables of a worker, and the names of those that were in the file and are not for a worker. */
export type WorkerEnv = { env: Record<string, string>; ignored: string[] }

/** The environment that `npm start` wrote for a worker, in this folder or the nearest one above. */
export async function workerEnvIn(folder: string, uid = ownUid()): Promise<WorkerEnv | undefined> {
  const file = await readOwnFile(folder, 'worker.env', uid)
  if (file === undefined) return undefined
  const entries = Object.entries(parseEnv(file.text.replace(/^\uFEFF/, ''))).map(
    ([name, value]) => [name, value ?? ''] as const,
  )
  return {
    env: Object.fromEntries(entries.filter(([name]) => known.test(name))),
    ignored: entries.map(([name]) => name).filter((name) => !known.test(name)),
  }
}
