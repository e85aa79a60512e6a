/** The `code` of a system or network error, such as `ENOENT`, else the error as text. */
export const errorCode = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error)
