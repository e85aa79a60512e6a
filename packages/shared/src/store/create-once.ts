import type { PutObjectCommand } from '@aws-sdk/client-s3'

/**
 * How a store is asked to create an object only if there is none. All but `off` are headers that the request carries and
 * signs; docs/buckets.md says which store takes which. `off`: the store has nothing. Then the key is looked up before it
 * is written, which keeps nothing apart that happens at the same time: receipts fence nothing.
 */
export const createOnceModes = ['if-none-match', 'oss', 'cos', 'ibm', 'off'] as const
export type CreateOnce = (typeof createOnceModes)[number]

const headers = {
  'if-none-match': ['if-none-match', '*'],
  oss: ['x-oss-forbid-overwrite', 'true'],
  cos: ['x-cos-forbid-overwrite', 'true'],
  ibm: ['x-ibm-forbid-overwrite', 'true'],
} as const satisfies Record<Exclude<CreateOnce, 'off'>, readonly [name: string, value: string]>

/** The header that a mode sends, as people read it in a log: `x-oss-forbid-overwrite: true`. */
export const headerOf = (mode: Exclude<CreateOnce, 'off'>): string => headers[mode].join(': ')

/** The same as headers of a request: none where the store has nothing. */
export const onceHeaders = (mode: CreateOnce): Record<string, string> =>
  mode === 'off' ? {} : Object.fromEntries([headers[mode]])

/** Has the write succeed only where no object is. The header is set before the request is signed. */
export function createOnly(command: PutObjectCommand, mode: CreateOnce): PutObjectCommand {
  if (mode === 'off') return command
  const [name, value] = headers[mode]
  command.middlewareStack.add(
    (next) => async (args) => {
      const { request } = args as { request: { headers: Record<string, string> } }
      request.headers[name] = value
      return next(args)
    },
    { step: 'build' },
  )
  return command
}

/** Whether a refused write says that the key is taken; on AWS a 409 only says that somebody is writing it right now. */
export function saysTaken({ status, code }: { status?: number | undefined; code: string }, mode: CreateOnce) {
  if (status === 412) return true
  const conflict = code === 'ConditionalRequestConflict' || code === 'OperationAborted'
  return status === 409 && mode !== 'if-none-match' && mode !== 'off' && !conflict
}

/** The hosts of stores that are known to need another mode. */
const modeByHost: readonly [RegExp, CreateOnce][] = [
  [/\.aliyuncs\.com$/, 'oss'],
  [/\.(myqcloud\.com|tencentcos\.cn)$/, 'cos'],
  [/\.backblazeb2\.com$/, 'off'],
]

/** The mode that the store behind this address is known to take, if it is known. */
export function modeFor(endpoint: string | undefined): CreateOnce | undefined {
  const host = URL.parse(endpoint ?? '')?.hostname ?? ''
  return modeByHost.find(([pattern]) => pattern.test(host))?.[1]
}
