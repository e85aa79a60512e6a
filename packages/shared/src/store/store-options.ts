import type { z } from 'zod'
import { type proxyEnv, type ProxySettings, readProxies } from '../net/proxy-settings.ts'
import type { CreateOnce } from './create-once.ts'
import type { storeEnv } from './store-env.ts'

export type StoreOptions = {
  /** An S3-compatible server; AWS's own when absent. */
  endpoint?: string | undefined
  /** The same server as the internet knows it, for signed addresses; `endpoint` when absent. */
  publicEndpoint?: string | undefined
  region: string
  bucket: string
  /** Both or neither: without them the AWS default chain is asked. */
  accessKeyId?: string | undefined
  secretAccessKey?: string | undefined
  forcePathStyle?: boolean
  /** How this server creates an object only if there is none, default `if-none-match`. */
  createOnce?: CreateOnce
  /** Through which the bucket is reached; directly when absent. */
  proxies?: ProxySettings
  /** For one attempt to be answered, default 30 s; a whole call may take four times that. */
  requestTimeoutMs?: number
}

type Env = z.output<z.ZodObject<typeof storeEnv & typeof proxyEnv>>

/** The server and the bucket as one name, which tells two buckets apart wherever they are. */
export const nameOfPlace = ({ endpoint, region, bucket }: StoreOptions): string =>
  `${endpoint?.replace(/\/+$/, '') ?? `s3.${region}`}/${bucket}`

/** How to reach the bucket that the environment names, or another `bucket` of the same server. Both apps use this. */
export const storeOptions = (env: Env, bucket = env.S3_BUCKET): StoreOptions => ({
  bucket,
  region: env.S3_REGION,
  endpoint: env.S3_ENDPOINT,
  publicEndpoint: env.S3_PUBLIC_ENDPOINT,
  accessKeyId: env.S3_ACCESS_KEY_ID,
  secretAccessKey: env.S3_SECRET_ACCESS_KEY,
  forcePathStyle: env.S3_FORCE_PATH_STYLE,
  createOnce: env.S3_CREATE_ONCE,
  proxies: readProxies({
    HTTPS_PROXY: env.HTTPS_PROXY,
    HTTP_PROXY: env.HTTP_PROXY,
    NO_PROXY: env.NO_PROXY,
  }).proxies,
})
