import type { NamedPicture } from './check-row.ts'
import { shown } from './manifest.ts'
import { ImageAddress } from '@restyle/shared/contract/edit-request'
import { expiryOf } from '@restyle/shared/net/address-expiry'
import { readSourceAddress } from '@restyle/shared/net/source-address'
import { durationText } from '@restyle/shared/duration-text'

/** A name with a dot and a path behind it, such as `www.example.com/a.png`: a folder is seldom called like that. */
const hostLike = /^(?:[a-z0-9-]+\.)+[a-z]{2,}\/\S/i

/** Tells an address, as it is to be sent, from a file on this machine. `now`: epoch ms. */
export function pictureOf(cell: string, now: number): NamedPicture {
  const fault = (detail: string): NamedPicture => ({ kind: 'fault', detail: `${shown(cell)} ${detail}` })
  if (cell === '') return { kind: 'fault', detail: 'is empty' }
  if (/^(https?:|\/\/)/i.test(cell)) {
    const read = readSourceAddress(cell)
    if (read.kind === 'fault') return fault(read.detail)
    const expiry = expiryOf(read.address, now)
    const at = expiry === undefined ? '' : new Date(expiry.at).toISOString()
    if (expiry?.kind === 'over') return fault(`is signed, and its time was over at ${at}`)
    const note = `is signed until ${at}: the edit must have its turn within ${durationText((expiry?.at ?? now) - now)}`
    return addressOf(read.address, cell, expiry === undefined ? undefined : note)
  }
  // a scheme is written in any case; the key of an object is not ours to change
  const known = cell.replace(/^(s3:\/\/|sha256:)/i, (scheme) => scheme.toLowerCase())
  const address = known.startsWith('sha256:') ? known.toLowerCase() : known
  if (/^(sha256:|data:|[a-z][a-z0-9+.-]*:\/\/)/i.test(address)) return addressOf(address, cell)
  return hostLike.test(cell) || cell.includes('://')
    ? { kind: 'path', path: cell, missing: 'if it is an address, it begins with https://' }
    : { kind: 'path', path: cell }
}

function addressOf(address: string, cell: string, note?: string): NamedPicture {
  const { success, error } = ImageAddress.safeParse(address)
  if (!success) return { kind: 'fault', detail: `${shown(cell)} ${error.issues[0]?.message ?? ''}` }
  return { kind: 'address', address, ...(note === undefined ? {} : { note }) }
}
