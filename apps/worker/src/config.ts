import { z } from 'zod'
import { defaultKeyTemplate, faultOfTemplate } from '@restyle/shared/object-key'
import { faultOfKey } from '@restyle/shared/net/fault-of-key'
import { type ProxySettings, readProxies } from '@restyle/shared/net/proxy-settings'
import { rangesText } from '@restyle/shared/net/trusted-ranges'
import { faultsOfSourceBuckets, sourceBucketsEnv } from '@restyle/shared/store/source-buckets'
import { faultsOfStore } from '@restyle/shared/store/store-env'
import { readEnv, wholeNumber } from '@restyle/shared/read-env'
import { sharedEnv } from '@restyle/shared/shared-env'
import { RestyleError } from '@restyle/shared/errors'
import { LaneConfig } from './lane/lane-config.ts'
import { faultsOfLanes } from './lane/lane-faults.ts'

const ms = (fallback: number) => wholeNumber(1).default(fallback)

/** Redis forgets an ended edit after 30 days: it is folded before. */
const mostKeepDays = 29

function days(least: number, most: number) {
  const error = `must be a number from ${least} to ${most}; it may have a fraction`
  return z.coerce.number({ error }).min(least, { error }).max(most, { error })
}

const listOfLanes = 'write a list of lanes, such as [{"name":"beijing","model":"wan2.5-i2i-preview"}]'

const lanes = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue({
        code: 'custom',
        message: `is not JSON: ${listOfLanes}`,
      })
      return z.NEVER
    }
  })
  .pipe(
    z
      .array(LaneConfig, { error: `is no list: ${listOfLanes}` })
      .min(1, { error: `is empty: ${listOfLanes}` }),
  )
  .default([LaneConfig.parse({ name: 'default', model: 'wan2.5-i2i-preview' })])

/** The worker's environment. Times in milliseconds. */
export const WorkerEnv = z.object({
  ...sharedEnv,
  RESTYLE_LANES: lanes,
  DASHSCOPE_API_KEY: z.string().optional(),
  DASHSCOPE_BASE_URL: z.url().optional(),
  RESTYLE_KEY_TEMPLATE: z
    .string()
    .default(defaultKeyTemplate)
    .superRefine((template, context) => {
      const fault = faultOfTemplate(template)
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
    }),
  RESTYLE_SOURCE_DELIVERY: z.enum(['auto', 'presign', 'upload', 'inline']).default('auto'),
  ...sourceBucketsEnv,
  RESTYLE_ON_UNKNOWN: z.enum(['hold', 'resubmit']).default('hold'),
  RESTYLE_POST_DEADLINE_MS: ms(6_000),
  RESTYLE_RECEIPT_DEADLINE_MS: ms(3_000),
  RESTYLE_SETTLE_MS: ms(60_000),
  RESTYLE_COPY_CONCURRENCY: wholeNumber(1).default(6),
  /** Images downloaded at a time by this process; fewer while the line is slow. */
  RESTYLE_DOWNLOADS: wholeNumber(1).default(12),
  /** A download is on its way as long as bytes come within this. */
  RESTYLE_DOWNLOAD_IDLE_MS: ms(30_000),
  /** How long one download may take at most, in per cent of what is left of its address's life. */
  RESTYLE_DOWNLOAD_LIFE_PERCENT: wholeNumber(1, 100).default(10),
  /** Ranges that names of result hosts may lead to although they are not public, with commas. */
  RESTYLE_TRUST_RANGES: rangesText,
  /** Requests of webhooks that this process sends at a time. */
  RESTYLE_DELIVER_CONCURRENCY: wholeNumber(1).default(64),
  RESTYLE_POLL_CONCURRENCY: wholeNumber(1).default(20),
  RESTYLE_COPIES_BEHIND: wholeNumber(1).default(100),
  /** Where images wait whose address would expire first; a volume that outlives the container. */
  /** For how many days ended edits of a batch stay in Redis. */
  RESTYLE_KEEP_DAYS: days(0, mostKeepDays).default(7),
  /** Reports are made of batches with so many rows at most. */
  RESTYLE_REPORT_ROWS: wholeNumber(0, 1_000_000).default(20_000),
  RESTYLE_SPILL_DIR: z.string().optional(),
  RESTYLE_SPILL_BEFORE_MS: ms(3 * 3600_000),
  /** How long after its address died an image is waited for that is on the disk of another machine. */
  RESTYLE_SPILL_WAIT_MS: ms(24 * 3600_000),
  /** Starts although Redis may lose what it acknowledged (no AOF, an eviction policy). */
  RESTYLE_ALLOW_FORGETFUL_REDIS: z.stringbool().default(false),
  RESTYLE_MAX_IMAGE_BYTES: wholeNumber(1).default(64 * 1024 * 1024),
})
export type WorkerConfig = z.infer<typeof WorkerEnv> & {
  proxies: ProxySettings
  /** Proxy variables that are set and not honoured, each in a sentence. */
  unheededProxies: readonly string[]
}

const faultsTogether: typeof faultsOfStore = (env) => [...faultsOfStore(env), ...faultsOfSourceBuckets(env)]

/** Throws `BadConfiguration` with every fault at once, or with every fault of the lanes. */
export function readConfig(env: Record<string, string | undefined> = process.env): WorkerConfig {
  const config = readEnv(WorkerEnv, env, faultsTogether)
  const missing: string[] = []
  const keyOf = ({ name, apiKey }: LaneConfig): string => {
    const variable = apiKey.startsWith('$') ? apiKey.slice(1) : undefined
    const key = (variable === undefined ? apiKey : (env[variable] ?? '')).trim()
    const fault = key === '' ? `is needed by lane ${name}` : faultOfKey(key)
    if (fault !== undefined)
      missing.push(`  ${variable ?? `RESTYLE_LANES: the apiKey of lane ${name}`}: ${fault}`)
    return key
  }
  const RESTYLE_LANES = config.RESTYLE_LANES.map((lane) => ({
    ...lane,
    baseUrl: lane.baseUrl ?? config.DASHSCOPE_BASE_URL,
    apiKey: keyOf(lane),
  }))
  // lanes without their keys would all look alike
  const faults =
    missing.length > 0 ? missing : faultsOfLanes(RESTYLE_LANES).map((fault) => `  RESTYLE_LANES: ${fault}`)
  if (faults.length > 0)
    throw new RestyleError('BadConfiguration', `the environment does not fit:\n${faults.join('\n')}`)
  const { proxies, unheeded: unheededProxies } = readProxies(env)
  return { ...config, RESTYLE_LANES, proxies, unheededProxies }
}
