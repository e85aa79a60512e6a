import { compileCache } from '../runner/compile-cache.ts'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type DashScopeSimulator, startDashScope } from '../../src/dashscope/start-dashscope.ts'
import { tell } from '../../src/redis/start-managed-redis.ts'
import { createLog } from '@restyle/shared/log'
import { runDoctor } from '@restyle/worker/run-doctor'
import { freePort, type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type S3Server, startS3 } from '../../src/s3/start-s3.ts'

const keys = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }
const fileOf = (path: string) => fileURLToPath(new URL(`../../../../apps/${path}`, import.meta.url))

/** What a program printed, and its exit code. */
type Printed = { code: number; out: string; err: string }

/** Servers that are sound, and some that are not, for programs that are started as people start them. */
export type Programs = {
  redis: RedisServer
  /** A replica of it. */
  replica: RedisServer
  /** A port where nobody listens. */
  silent: number
  dashscope: DashScopeSimulator
  s3: S3Server
  /** Runs an app's file to its end. `more` goes over an environment that is sound; `node` are options of Node itself. */
  run(path: string, more: Record<string, string>, words?: string[], node?: string[]): Promise<Printed>
  /** The same examination as `admin.ts doctor`, in this process: to start one takes longer than to examine everything. */
  doctor(more: Record<string, string>): Promise<Printed>
  stop(): Promise<void>
}

/**
 * Starts the servers. Redis knows four users: `noinfo`, `noscript` and `elsewhere` with the password `canary-right`, and
 * `p#a/s@s` with `canary-#@/?`. Besides `images` there is a bucket that ignores a condition and one that refuses it.
 */
export async function openPrograms(): Promise<Programs> {
  const redis = await startRedis()
  const replica = await startRedis({ extra: [`replicaof 127.0.0.1 ${redis.port}`] })
  const dashscope = await startDashScope()
  const s3 = await startS3({
    ...keys,
    buckets: ['images', { name: 'overwriting', dialect: 'gcs' }, { name: 'refusing', dialect: 'b2' }],
  })
  await tell(redis.port, async (admin) => {
    await admin.acl('SETUSER', 'noinfo', 'on', '>canary-right', '~*', '&*', '+@all', '-info')
    await admin.acl('SETUSER', 'noscript', 'on', '>canary-right', '~*', '&*', '+@all', '-@scripting')
    await admin.acl('SETUSER', 'elsewhere', 'on', '>canary-right', '~other*', '&other*', '+@all')
    await admin.acl('SETUSER', 'p#a/s@s', 'on', '>canary-#@/?', '~*', '&*', '+@all')
  })
  const sound = {
    REDIS_URL: redis.url,
    S3_ENDPOINT: s3.url,
    S3_BUCKET: 'images',
    S3_ACCESS_KEY_ID: keys.accessKeyId,
    S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'true',
    DASHSCOPE_API_KEY: 'sk-sandbox',
    DASHSCOPE_BASE_URL: dashscope.url,
    PORT: '0',
  }
  return {
    redis,
    replica,
    silent: await freePort(),
    dashscope,
    s3,
    run: (path, more, words = [], node = []) =>
      new Promise((done) => {
        const env = { ...compileCache, ...sound, ...more }
        execFile(process.execPath, [...node, fileOf(path), ...words], { env }, (error, out, err) =>
          done({ code: Number(error?.code ?? 0), out, err }),
        )
      }),
    doctor: async (more) => {
      let [out, err] = ['', '']
      const log = createLog('error', { write: (line) => void (err += line) })
      const say = (line: string) => void (out += `${line}\n`)
      return { code: await runDoctor({ log, say, json: false }, { ...sound, ...more }), out, err }
    },
    stop: async () => {
      await s3.stop()
      await dashscope.stop()
      await replica.stop()
      await redis.stop()
    },
  }
}
