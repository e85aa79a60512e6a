import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'

export type Log = Logger

/** Whatever looks like a key, a signature or a signed query string, wherever it stands in a line. */
const secrets: readonly [RegExp, string][] = [
  [/\b(sk|whsec|rk)[-_][A-Za-z0-9._-]{6,}/g, '$1-[redacted]'],
  [/(https?:\/\/[^\s"'?\\]+)\?[^\s"'\\]+/g, '$1?[redacted]'],
  [
    /\b(Signature|X-Amz-Signature|X-Amz-Credential|OSSAccessKeyId|Bearer)([=:]\s*|\s+)[^\s"'&\\]+/gi,
    '$1=[redacted]',
  ],
]

/** The same text without what nobody should read in a log. */
export const redact = (text: string): string =>
  secrets.reduce((clean, [pattern, instead]) => clean.replaceAll(pattern, instead), text)

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
      serializers: { error: stdSerializers.err, err: stdSerializers.err },
    },
    clean,
  )
}
