import { RestyleError } from '@restyle/shared/errors'

/** Waits for `work`, but no longer than `ms`; work that is given up on goes on unheard. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new RestyleError('Late', `no answer within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
