import { folderOfUploads, readUploadAddress, uploadEndsAt } from '@restyle/dashscope/upload-address'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Lane } from '../lane/lane.ts'
import { SourceUnusable } from './source-unusable.ts'

/** Tells everybody which folder the uploads of a lane's account are in. */
export type NoteFolder = (lane: Lane, folder: string) => Promise<void>

/**
 * The `oss://` addresses that edits name: uploads to the vendor's temporary store, which live for 48 hours and can be read by the
 * account that made them alone. Which folder is an account's the vendor tells with a permission to upload; it is asked once.
 */
export function openVendorUploads(noteFolder: NoteFolder = async () => {}) {
  const folders = new Map<string, string>()

  async function folderOf(lane: Lane): Promise<string | undefined> {
    const known = folders.get(lane.id)
    if (known !== undefined) return known
    const asked = await lane.client.uploadPolicy(lane.model.id)
    // it is the vendor's turn to refuse, for free
    if (asked.kind !== 'policy') return undefined
    const folder = folderOfUploads(asked.policy.upload_dir)
    folders.set(lane.id, folder)
    await noteFolder(lane, folder)
    return folder
  }

  async function checkOne(address: string, edit: Edit, lane: Lane, now: number): Promise<number> {
    const upload = readUploadAddress(address)
    if (upload === undefined) return Infinity
    const endsAt = uploadEndsAt(upload, edit.createdAt)
    if (endsAt <= now)
      throw new SourceUnusable(
        'SourceExpired',
        `the source ${address} was over at ${new Date(endsAt).toISOString()}, before the edit had its turn: the vendor keeps an upload for 48 hours`,
      )
    const folder = await folderOf(lane)
    if (folder !== undefined && folder !== upload.folder)
      throw new SourceUnusable(
        'SourceElsewhere',
        `the source ${address} was uploaded by another account than that of lane ${lane.name}, which cannot read it`,
      )
    return endsAt
  }

  return {
    /** Until when (epoch ms) all that an edit names may live; Infinity where it names none. Throws `SourceUnusable`. */
    until: async (edit: Edit, lane: Lane, now: number): Promise<number> => {
      const named = edit.request.images.filter((address) => address.startsWith('oss://'))
      const ends = await Promise.all(named.map((address) => checkOne(address, edit, lane, now)))
      return Math.min(...ends, Infinity)
    },
  }
}
