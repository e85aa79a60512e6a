import { z } from 'zod'
import { proxyEnv } from './net/proxy-settings.ts'
import { rangesText } from './net/trusted-ranges.ts'
import { readRedisUrl } from './redis/redis-url.ts'
import { storeEnv } from './store/store-env.ts'

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
  /** Ranges that webhooks may be sent to although they are not public, with commas. */
  RESTYLE_WEBHOOK_RANGES: rangesText,
  ...storeEnv,
  ...proxyEnv,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
}
