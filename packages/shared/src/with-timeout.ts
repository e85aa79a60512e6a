import { RestyleError } from './errors.ts'

/**
 * Waits for `work`, but at most `ms`; then throws `Late`. On timeout the promise is not cancelled; its result is
 * ignored.
 */
export async function withTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new RestyleError('Late', `no answer within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
