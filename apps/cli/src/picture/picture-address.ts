import { ImageAddress } from '@restyle/shared/contract/edit-request'
import { faultOfUrl } from '@restyle/shared/net/addresses'

/** What a cell names: an address to send as it is, or a file on this machine. */
export function pictureAddress(cell: string): { address: string } | { path: string } | { fault: string } {
  if (cell === '') return { fault: 'is empty' }
  if (/^https?:\/\//i.test(cell)) {
    const fault = faultOfUrl(cell)
    if (fault !== undefined) return { fault: `${cell} ${fault}` }
  } else if (!/^(sha256:|data:|[a-z][a-z0-9+.-]*:\/\/)/i.test(cell)) return { path: cell }
  const { success, error } = ImageAddress.safeParse(cell)
  return success ? { address: cell } : { fault: `${cell} ${error.issues[0]?.message ?? ''}` }
}
