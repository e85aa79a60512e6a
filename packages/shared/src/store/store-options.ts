import type { z } from 'zod'
import type { sharedEnv } from '../read-env.ts'
import type { StoreOptions } from './store.ts'

type Env = z.output<z.ZodObject<typeof sharedEnv>>

/** How to reach the bucket that the environment names, or another `bucket` of the same server. */
export const storeOptions = (env: Env, bucket = env.S3_BUCKET): StoreOptions => ({
  bucket,
  region: env.S3_REGION,
  endpoint: env.S3_ENDPOINT,
  accessKeyId: env.S3_ACCESS_KEY_ID,
  secretAccessKey: env.S3_SECRET_ACCESS_KEY,
  forcePathStyle: env.S3_FORCE_PATH_STYLE,
})
