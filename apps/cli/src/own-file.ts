import { lstat, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode } from './show/error-code.ts'
import { Stop } from './stop.ts'

/** A file and its text; `path` is absolute. */
export type OwnFile = { path: string; text: string }

/**
 * The file of that name in the `.restyle` folder of `folder` or of the nearest parent that has one; undefined where there
 * is none. Stops where somebody else could have written it: what it says is trusted. `uid`: whose files are trusted,
 * undefined where the system knows no owners.
 */
export async function readOwnFile(
  folder: string,
  name: string,
  uid: number | undefined,
): Promise<OwnFile | undefined> {
  const path = join(folder, '.restyle', name)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Stop('input', [`${path} cannot be read (${code})`])
  })
  if (text === undefined)
    return dirname(folder) === folder ? undefined : readOwnFile(dirname(folder), name, uid)
  const fault = (await faultOfOwner(dirname(path), uid)) ?? (await faultOfOwner(path, uid))
  if (fault !== undefined)
    throw new Stop('input', [
      `${fault}, so ${path} is not read: run this in another folder, or make it yours alone`,
    ])
  return { path, text }
}

/** Why the file cannot be trusted, as one sentence. Both a link and its target must belong to the user. */
export async function faultOfOwner(path: string, uid: number | undefined): Promise<string | undefined> {
  if (uid === undefined) return undefined
  const [link, found] = [await lstat(path), await stat(path)]
  if (link.uid !== uid || found.uid !== uid) return `${path} belongs to another user`
  return (found.mode & 0o022) === 0 ? undefined : `others may write ${path}`
}
