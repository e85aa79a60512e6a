import { redact } from '@restyle/shared/log'

/** So much of an answer is read, and so much is kept of that (characters). */
export const mostBytes = 2_048
const mostKept = 300

/** The beginning of an answer as it may be shown: one line, without control characters, and without what looks like a secret. */
export function cleanAnswer(bytes: Uint8Array): string {
  const text = new TextDecoder()
    .decode(bytes)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  const clean = redact(text)
  return clean.length > mostKept ? `${clean.slice(0, mostKept).toWellFormed()}…` : clean
}
