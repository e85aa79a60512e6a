import { z } from 'zod'

/** Characters that no text needs and that XML (a bucket's list of keys), terminals or headers cannot hold. */
const unfit = /[\p{Cc}\p{Noncharacter_Code_Point}]/u
const unfitInLines = /[^\P{Cc}\t\n\r]|\p{Noncharacter_Code_Point}/u

/**
 * Why a text would not come back from Redis, the bucket or the vendor as it was sent, or undefined. `lines`: tabs and
 * line breaks are welcome.
 */
export function faultOfText(text: string, { lines = false } = {}): string | undefined {
  if (!text.isWellFormed())
    return 'holds half a character (a lone surrogate): the text was cut or decoded wrongly'
  const [found] = (lines ? unfitInLines : unfit).exec(text) ?? []
  if (found === undefined) return undefined
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `holds the control character U+${code}: take it out`
}

/** A text of at most `most` characters that `faultOfText` finds nothing in. */
export const text = (most: number, options: { lines?: boolean } = {}) =>
  z
    .string()
    .max(most)
    .superRefine((value, context) => {
      const fault = faultOfText(value, options)
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
    })
