import { z } from 'zod'
import { RestyleError } from './errors.ts'
import { proxiesInUpperCase, proxyEnv } from './net/proxy-settings.ts'
import { readRedisUrl } from './redis/redis-url.ts'
import { createOnceModes } from './store/create-once.ts'

type Env = Readonly<Record<string, string | undefined>>

/** What is wrong with variables that are right by themselves: a line each, `NAME: what is expected`. */
export type FaultsTogether = (env: Env) => string[]

/**
 * Parses the environment and reports every fault at once, one line each, those of `together` too. Empty counts as absent.
 * Values are not repeated: they may be secrets.
 */
export function readEnv<S extends z.ZodType>(
  schema: S,
  env: Env,
  together: FaultsTogether = () => [],
): z.output<S> {
  const present = Object.fromEntries(
    Object.entries({ ...env, ...proxiesInUpperCase(env) }).filter(
      ([, value]) => value !== undefined && value !== '',
    ),
  )
  const parsed = schema.safeParse(present)
  const faults = together(present)
  if (parsed.success && faults.length === 0) return parsed.data
  const issues = parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
  const lines = [...issues, ...faults].map((line) => `  ${line}`)
  throw new RestyleError('BadConfiguration', `the environment does not fit:\n${lines.join('\n')}`)
}

/**
 * Runs a program, or the part of it that may be refused: what its owner has to mend (a `RestyleError` such as
 * `BadConfiguration` or `NotFitToStart`) is said as it is, without a stack, and the process ends with 2.
 */
export async function exitOnKnownError<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof RestyleError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}

/** A TCP port; 0 takes any free one. */
export const port = (fallback: number) => wholeNumber(0, 65_535).default(fallback)

/** A whole number in words that say what is expected. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  const error =
    most === Number.MAX_SAFE_INTEGER
      ? `must be a whole number from ${least} on`
      : `must be a whole number from ${least} to ${most}`
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error })
}

const endpoint = z.string().superRefine((text, context) => {
  const fault = faultOfEndpoint(text)
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
})

function faultOfEndpoint(text: string): string | undefined {
  // URL takes minio:9000 for an address whose scheme is minio
  if (!/^https?:\/\//i.test(text)) return 'must begin with http:// or https://'
  const url = URL.parse(text)
  if (url === null) return 'is not an address: such as https://s3.example.com'
  if (url.username || url.password || url.search || url.hash)
    return 'must be a host, with a port or a path at most: no user name and no query'
  return undefined
}

/** Servers that put the bucket's name before the host by themselves. */
const putBucketInFront =
  /\.(amazonaws\.com|aliyuncs\.com|myqcloud\.com|cloudflarestorage\.com|backblazeb2\.com|wasabisys\.com)$/

/** What is wrong with the bucket's variables together. Both apps ask. */
export const faultsOfStore: FaultsTogether = (env) => {
  const faults: string[] = []
  const [key, secret] = ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']
  const without = 'both or neither: without them the AWS default chain is asked'
  if (env[key] !== undefined && env[secret] === undefined)
    faults.push(`${secret}: is needed beside ${key} (${without})`)
  if (env[key] === undefined && env[secret] !== undefined)
    faults.push(`${key}: is needed beside ${secret} (${without})`)
  for (const name of ['S3_ENDPOINT', 'S3_PUBLIC_ENDPOINT']) {
    const host = URL.parse(env[name] ?? '')?.hostname ?? ''
    if (host.startsWith(`${env['S3_BUCKET']}.`) && putBucketInFront.test(host))
      faults.push(`${name}: must not begin with the name of the bucket, which is put there by itself`)
  }
  if (env['RESTYLE_RECEIPTS'] === 'off')
    faults.push('RESTYLE_RECEIPTS: is S3_CREATE_ONCE=off now, which both apps read')
  return faults
}

/** What both apps need to know. */
export const sharedEnv = {
  REDIS_URL: z
    .string()
    .superRefine((url, context) => {
      const read = readRedisUrl(url)
      if (read.kind === 'fault') context.addIssue({ code: 'custom', message: read.says })
    })
    .default('redis://127.0.0.1:6379'),
  RESTYLE_PREFIX: z
    .string()
    .regex(/^\{[^{}]+\}$/, { error: 'must be in braces, such as {restyle}: one slot in a cluster' })
    .default('{restyle}'),
  S3_BUCKET: z.string({ error: 'is needed: the bucket that the images go to' }),
  S3_REGION: z.string().default('us-east-1'),
  S3_ENDPOINT: endpoint.optional(),
  S3_PUBLIC_ENDPOINT: endpoint.optional(),
  S3_CREATE_ONCE: z.enum(createOnceModes).default('if-none-match'),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  S3_FORCE_PATH_STYLE: z.stringbool().default(false),
  ...proxyEnv,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
}
