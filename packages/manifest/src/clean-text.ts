/** What nobody sees: zero-width signs, byte order marks and soft hyphens. */
const unseen = String.raw`\u00AD\u180E\u200B-\u200F\u2060\uFEFF`
const around = new RegExp(`^[\\s${unseen}]+|[\\s${unseen}]+$`, 'g')
const anywhere = new RegExp(`[${unseen}]`, 'g')

/** A cell without blanks and unseen signs around it. Those within stay: some scripts and emoji are written with them. */
export const trimCell = (text: string): string => text.replaceAll(around, '')

/** The name of a column as it reads: without unseen signs, with plain blanks, composed. */
export const columnName = (text: string): string =>
  text.replaceAll(anywhere, '').replaceAll(/\s+/g, ' ').trim().normalize('NFC')

/** Why a text cannot be sent as it is, or undefined; continues after the name of its field. */
export function faultOfText(text: string): string | undefined {
  if (!text.isWellFormed()) return 'holds half a character (a lone surrogate)'
  return text.includes('\0') ? 'holds a NUL character' : undefined
}
