import { StoreError } from '@restyle/shared/store/store-error'

const ofParsers = ['ZodError', 'SyntaxError']

/** Whether what the bucket holds cannot be read as it is: torn, or as a newer version writes it. No weather mends that. */
export function isUnreadable(error: unknown): error is Error {
  if (error instanceof StoreError) return error.kind === 'refused'
  return (
    error instanceof Error && [error.name, error.constructor.name].some((name) => ofParsers.includes(name))
  )
}
