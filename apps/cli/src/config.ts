import { join } from 'node:path'
import { z } from 'zod'
import { readOwnFile } from './own-file.ts'
import { Stop } from './stop.ts'

const DEFAULT_URL = 'http://127.0.0.1:8080'
const NAME = 'credentials.json'
const FILE = join('.restyle', NAME)

const Credentials = z.object({ url: z.string(), key: z.string() })

/** The address of the producer, and an API key for it. `from`: the file that named the address, if one did. */
export type Config = { url: string; key: string; from?: string }

/** The process's own environment, handed to `main`. */
export const processEnv = (): Record<string, string | undefined> => process.env

/** Whose files are trusted; undefined where the system knows no owners. */
export const ownUid = (): number | undefined => process.getuid?.()

/** The folder of the user: npm and pnpm run scripts in the folder of the package and name the other one in `INIT_CWD`. */
export const folderOf = (env: Record<string, string | undefined>, cwd: string): string =>
  env['INIT_CWD'] || cwd

/**
 * From the flags, else the environment, else `.restyle/credentials.json` in the working directory or the nearest parent.
 * The key in the file is sent only to the producer that the file names, and another key to no address but one of this
 * machine that only the file names.
 */
export async function readConfig(
  options: { url?: string; key?: string },
  env: Record<string, string | undefined>,
  cwd: string,
  uid = ownUid(),
): Promise<Config> {
  const named = options.url ?? (env.RESTYLE_URL || undefined)
  const key = options.key ?? (env.RESTYLE_API_KEY || undefined)
  const file = named !== undefined && key !== undefined ? undefined : await credentialsIn(cwd, uid)
  const url = baseUrl(named ?? file?.url ?? DEFAULT_URL)
  const fileKey = file !== undefined && baseUrl(file.url) === url ? file.key : undefined
  const from = named === undefined ? file?.path : undefined
  if (from !== undefined && key !== undefined && key !== fileKey && !isLoopback(url))
    throw new Stop('input', [
      `only ${from} names ${url}, and your key was not made for that file: say --url ${url} to send it there`,
    ])
  return { url, key: checkedKey(key ?? fileKey, url), ...(from === undefined ? {} : { from }) }
}

const isLoopback = (url: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)

function baseUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new Stop('input', [`the producer's address must be an http(s) URL, not ${text}`])
  if (url.username !== '' || url.password !== '')
    throw new Stop('input', ["the producer's address must not carry a user name or a password"])
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function checkedKey(key: string | undefined, url: string): string {
  if (key === undefined)
    throw new Stop('input', [
      `no API key for ${url}: give --key or RESTYLE_API_KEY, or run this in a folder where npm start has written ${FILE}`,
    ])
  // not printed: a part of a key in a terminal's history is a leak too
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new Stop('input', ['the API key has spaces or characters that no key has'])
  return key
}

async function credentialsIn(
  folder: string,
  uid: number | undefined,
): Promise<(z.infer<typeof Credentials> & { path: string }) | undefined> {
  const file = await readOwnFile(folder, NAME, uid)
  if (file === undefined) return undefined
  try {
    return { ...Credentials.parse(JSON.parse(file.text)), path: file.path }
  } catch {
    throw new Stop('input', [`${file.path} does not hold { "url": …, "key": … }: npm start writes a new one`])
  }
}
