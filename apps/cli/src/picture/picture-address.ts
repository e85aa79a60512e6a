import type { NamedPicture } from '@restyle/manifest/check-row'
import { ImageAddress } from '@restyle/shared/contract/edit-request'
import { faultOfUrl } from '@restyle/shared/net/addresses'

/** Tells an address, which is sent as it is, from a file on this machine. */
export function pictureOf(cell: string): NamedPicture {
  if (cell === '') return { kind: 'fault', detail: 'is empty' }
  if (/^https?:\/\//i.test(cell)) {
    const fault = faultOfUrl(cell)
    if (fault !== undefined) return { kind: 'fault', detail: `${cell} ${fault}` }
  } else if (!/^(sha256:|data:|[a-z][a-z0-9+.-]*:\/\/)/i.test(cell)) return { kind: 'path', path: cell }
  const { success, error } = ImageAddress.safeParse(cell)
  return success
    ? { kind: 'address', address: cell }
    : { kind: 'fault', detail: `${cell} ${error.issues[0]?.message ?? ''}` }
}
