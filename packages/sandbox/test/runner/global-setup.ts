import { env } from 'node:process'
import { compileCache } from './compile-cache.ts'
import { findRedis } from '../../src/redis/find-redis.ts'

/** Before the first test: a Redis is installed where there is none, once, instead of by every test file at the same time. */
export default async function globalSetup(): Promise<void> {
  // for the processes that run tests, and programs that these start
  Object.assign(env, compileCache)
  await findRedis()
}
