import type { IncomingMessage } from 'node:http'
import type { Refusal } from './answer.ts'
import { tokenBucket } from './quotas.ts'
import { type ModelQuota, type SimulatedModel, simulatedModels } from './simulated-models.ts'

/** The account's keys and rates. */
export type AccountOptions = {
  now: () => number
  apiKeys: ReadonlySet<string>
  queryPerSecond: number
  quotaOf: (model: SimulatedModel) => ModelQuota
  /** Seconds sent with each 429, if any. */
  retryAfterSeconds: number | undefined
  onThrottle: () => void
}

/** Who may call, and how often. Each check gives the refusal, or nothing when the request may pass. */
export type Account = {
  checkKey: (request: IncomingMessage) => Refusal | undefined
  checkRate: (of: 'query' | 'list' | 'cancel') => Refusal | undefined
  /** Submits of a model, and upload policies for it (100/s). */
  checkModelRate: (of: 'submit' | 'policy', model: string) => Refusal | undefined
  tooManyRunning: () => Refusal
}

const invalidKey = (message: string): Refusal => ({ status: 401, code: 'InvalidApiKey', message })

/** The API key of a request. */
export const keyOf = (request: IncomingMessage): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]

/** Opens the account. docs/dashscope.md §4, §5 */
export const createAccount = (options: AccountOptions): Account => {
  const { now, apiKeys, queryPerSecond } = options
  const buckets = {
    query: tokenBucket(queryPerSecond, now),
    list: tokenBucket(queryPerSecond, now),
    cancel: tokenBucket(queryPerSecond, now),
  }
  const perModel = (rateOf: (model: SimulatedModel) => number): Map<string, ReturnType<typeof tokenBucket>> =>
    new Map([...simulatedModels].map(([id, model]) => [id, tokenBucket(rateOf(model), now)]))
  const modelBuckets = {
    submit: perModel((model) => options.quotaOf(model).submitPerSecond),
    policy: perModel(() => 100),
  }
  const throttle = (code: string, message: string): Refusal => {
    options.onThrottle()
    return { status: 429, code, message, retryAfter: options.retryAfterSeconds?.toString() }
  }
  const rate = (taken: boolean | undefined): Refusal | undefined =>
    taken
      ? undefined
      : throttle('Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.')

  return {
    checkKey: (request) => {
      const key = keyOf(request)
      if (key === undefined) return invalidKey('No API-key provided.')
      return apiKeys.has(key) ? undefined : invalidKey('Invalid API-key provided.')
    },
    checkRate: (of) => rate(buckets[of].take()),
    checkModelRate: (of, model) => rate(modelBuckets[of].get(model)?.take()),
    tooManyRunning: () =>
      throttle('Throttling.Concurrency', 'Too many concurrent requests, please try again later.'),
  }
}
