import { z } from 'zod'
import { faultOfKey } from '../net/fault-of-key.ts'
import { createOnceModes } from './create-once.ts'

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
export function faultsOfStore(env: Readonly<Record<string, string | undefined>>): string[] {
  const faults: string[] = []
  const [key, secret] = ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']
  const without = 'both or neither: without them the AWS default chain is asked'
  if (env[key] !== undefined && env[secret] === undefined)
    faults.push(`${secret}: is needed beside ${key} (${without})`)
  if (env[key] === undefined && env[secret] !== undefined)
    faults.push(`${key}: is needed beside ${secret} (${without})`)
  for (const name of [key, secret] as const) {
    const fault = env[name] === undefined ? undefined : faultOfKey(env[name])
    if (fault !== undefined) faults.push(`${name}: ${fault}`)
  }
  for (const name of ['S3_ENDPOINT', 'S3_PUBLIC_ENDPOINT']) {
    const host = URL.parse(env[name] ?? '')?.hostname ?? ''
    if (host.startsWith(`${env['S3_BUCKET']}.`) && putBucketInFront.test(host))
      faults.push(`${name}: must not begin with the name of the bucket, which is put there by itself`)
  }
  if (env['RESTYLE_RECEIPTS'] === 'off')
    faults.push('RESTYLE_RECEIPTS: is S3_CREATE_ONCE=off now, which both apps read')
  return faults
}

/** The bucket's variables. */
export const storeEnv = {
  S3_BUCKET: z.string({ error: 'is needed: the bucket that the images go to' }),
  S3_REGION: z.string().default('us-east-1'),
  S3_ENDPOINT: endpoint.optional(),
  S3_PUBLIC_ENDPOINT: endpoint.optional(),
  S3_CREATE_ONCE: z.enum(createOnceModes).default('if-none-match'),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  S3_FORCE_PATH_STYLE: z.stringbool().default(false),
}
