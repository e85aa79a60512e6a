import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'

export type Log = Logger

/** Whatever looks like a key, a signature or a signed query string, wherever it stands in a line. */
const secrets: readonly [RegExp, string][] = [
  // base64, and not only its letters
  [/\bwhsec_[A-Za-z0-9+/=_-]{6,}/g, 'whsec-[redacted]'],
  [/\b(sk|rk)[-_][A-Za-z0-9._-]{6,}/g, '$1-[redacted]'],
  [/(https?:\/\/[^\s"'?\\]+)\?[^\s"'\\]+/g, '$1?[redacted]'],
  [
    /\b(Signature|X-Amz-Signature|X-Amz-Credential|OSSAccessKeyId|Bearer)([=:]\s*|\s+)[^\s"'&\\]+/gi,
    '$1=[redacted]',
  ],
]

/** The same text without what nobody should read in a log. */
export const redact = (text: string): string =>
  secrets.reduce((clean, [pattern, instead]) => clean.replaceAll(pattern, instead), text)

/** Redis repeats the arguments of a command that it does not know. */
const withoutArguments = (text: unknown): unknown =>
  typeof text === 'string' ? text.replaceAll(/, with args beginning with: [^\n]*/g, '') : text

/**
 * An error as a log shows it: its words, and of what hangs on it only scalars, our own `facts` and a command's name. The
 * arguments of a command that Redis refused are prompts, and hang on errors in several places.
 */
function errorFacts(error: unknown): unknown {
  if (!isErrorLike(error)) return error
  const { facts, command, errors } = error
  const shown = Object.entries(stdSerializers.err(error)).filter(([, value]) => typeof value !== 'object')
  return {
    ...Object.fromEntries(shown.map(([name, value]) => [name, withoutArguments(value)])),
    ...(facts !== undefined && { facts }),
    ...(command?.name !== undefined && { command: command.name }),
    ...(Array.isArray(errors) && { errors: errors.map(errorFacts) }),
  }
}

type ErrorLike = Error & { facts?: unknown; command?: { name?: string }; errors?: unknown }
const isErrorLike = (thing: unknown): thing is ErrorLike =>
  typeof thing === 'object' && thing !== null && 'message' in thing

/**
 * A log of one JSON line per thing that happened: `log.info({ editId, taskId, ms }, 'image stored')`.
 * error = a person should look, warn = we coped, info = an edit moved, debug = the rest.
 */
export function createLog(level: string, destination: DestinationStream = process.stdout): Log {
  const clean: DestinationStream = { write: (line) => destination.write(redact(line)) }
  return pino(
    {
      level,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: errorFacts, err: errorFacts },
    },
    clean,
  )
}
