import type { Region } from '@restyle/dashscope/model'
import { Budget } from '@restyle/shared/contract/money'
import { z } from 'zod'

/** One entry of RESTYLE_LANES. Quotas default to the model's documented ones. */
export const LaneConfig = z.strictObject({
  name: z
    .string({ error: 'is needed: a name for logs, such as beijing' })
    .regex(/^[a-z0-9][a-z0-9.-]*$/, { error: 'must be lower-case letters, digits, dots and dashes' }),
  model: z.string({ error: 'is needed, such as wan2.5-i2i-preview' }),
  region: z.enum(['beijing', 'singapore', 'virginia', 'frankfurt']).default('beijing'),
  /** Whose quota it is: lanes of one account share its query budget. */
  account: z.string().default('default'),
  /** `$NAME` is read from that environment variable. */
  apiKey: z.string().min(1).default('$DASHSCOPE_API_KEY'),
  baseUrl: z.url().optional(),
  workspace: z.string().optional(),
  running: z.int().positive().optional(),
  submitPerSecond: z.number().positive().optional(),
  queryPerSecond: z.number().positive().default(20),
  /** What the account pays for an image, where that is not the model's list price in CNY: `{ "currency": "USD", "micros": 30000 }`. */
  price: Budget.optional(),
  /** Nobody else submits with this account. */
  exclusive: z.boolean().default(true),
})
export type LaneConfig = z.infer<typeof LaneConfig>

const hosts: Readonly<Partial<Record<Region, string>>> = {
  beijing: 'https://dashscope.aliyuncs.com/api/v1',
  singapore: 'https://dashscope-intl.aliyuncs.com/api/v1',
}

/** Where the lane's API is, spelled in one way; undefined in a region that has no shared host. */
export function addressOf({ baseUrl, region }: Pick<LaneConfig, 'baseUrl' | 'region'>): string | undefined {
  const address = baseUrl ?? hosts[region]
  if (address === undefined) return undefined
  // another case or a port that goes without saying is no other place
  const url = URL.parse(address)
  return (url === null ? address : url.href).replace(/\/+$/, '')
}
