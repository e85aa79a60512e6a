import { createHash } from 'node:crypto'

/** What no file system, terminal or shell takes kindly: separators, wildcards, controls, text that runs backwards. */
const unfit = /[<>:"/\\|?*\p{Cc}\p{Cf}\p{Noncharacter_Code_Point}]/gu

/** Names of devices on Windows, with any ending. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** A file name takes 255 bytes; an ending and a mark come behind. */
const mostBytes = 180

/**
 * A key as the name of a file or folder on any system. One that cannot be a name as it is gets a mark of its own behind, so
 * that no two keys share one; whether letters differ in more than their case is for the caller to see.
 */
export function safeName(key: string): string {
  const whole = key.toWellFormed().normalize('NFC')
  let name = whole
    .replaceAll(unfit, '_')
    .replace(/^[.\s]+/, '_')
    .replace(/[.\s]+$/, '_')
  while (Buffer.byteLength(name) > mostBytes) name = Array.from(name).slice(0, -1).join('')
  if (device.test(name)) name = `_${name}`
  return name === whole && name !== '' ? name : markedName(name, key)
}

/** A name that no other key has. */
export const markedName = (name: string, key: string): string =>
  `${name}~${createHash('sha256').update(key).digest('hex').slice(0, 10)}`
