import { z } from 'zod'
import { RestyleError } from './errors.ts'

/** Parses the environment and reports every fault at once, one line each. Empty counts as absent. */
export function readEnv<S extends z.ZodType>(
  schema: S,
  env: Record<string, string | undefined>,
): z.output<S> {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = schema.safeParse(present)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
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

/** What both apps need to know. */
export const sharedEnv = {
  REDIS_URL: z
    .string()
    .regex(/^redis(s|\+sentinel)?:\/\//, { error: 'must be redis://…, rediss://… or redis+sentinel://…' })
    .default('redis://127.0.0.1:6379'),
  RESTYLE_PREFIX: z
    .string()
    .regex(/^\{[^{}]+\}$/, { error: 'must be in braces, such as {restyle}: one slot in a cluster' })
    .default('{restyle}'),
  S3_BUCKET: z.string({ error: 'is needed: the bucket that the images go to' }),
  S3_REGION: z.string().default('us-east-1'),
  S3_ENDPOINT: z.url().optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  S3_FORCE_PATH_STYLE: z.stringbool().default(false),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
}
