import { createHash } from 'node:crypto'
import { preparationVersion } from '@restyle/shared/picture/picture-change'
import type { LocalPicture, PlannedEdit } from './check-row.ts'

/** Of a planned edit they make no other image. */
const besides: ReadonlySet<string> = new Set(['key', 'class', 'metadata', 'columns', 'fingerprint', 'images'])

/**
 * Stands for all that decides on the images of an edit: what it asks for, and its pictures. A picture of this machine is
 * told by the bytes of its file, an `s3://` one by its digest in `digests` where that is known, and any other by its address.
 */
export function fingerprintOf(
  edit: PlannedEdit,
  pictures: readonly LocalPicture[],
  digests: ReadonlyMap<string, string> = new Map(),
): string {
  const sources = new Map(pictures.map((local) => [`sha256:${local.sha256}`, sourceOf(local)]))
  const images = edit.images.map((address) => digests.get(address) ?? sources.get(address) ?? address)
  const asked = Object.entries(edit)
    .filter(([name, value]) => value !== undefined && !besides.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `v1-${createHash('sha256')
    .update(JSON.stringify([asked, images]))
    .digest('base64url')}`
}

/** A file that is sent as it is has one digest, whoever names it; one that was made ready also tells how. */
const sourceOf = ({ sha256, prepared }: LocalPicture): string | readonly unknown[] =>
  prepared === undefined
    ? `sha256:${sha256}`
    : [`sha256:${prepared.of}`, preparationVersion, prepared.background, prepared.fit]
