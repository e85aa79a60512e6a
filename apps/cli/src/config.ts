import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { errorCode } from './show/error-code.ts'
import { Stop } from './stop.ts'

const DEFAULT_URL = 'http://127.0.0.1:8080'
const FILE = join('.restyle', 'credentials.json')

const Credentials = z.object({ url: z.string(), key: z.string() })

/** The address of the producer, and an API key for it. */
export type Config = { url: string; key: string }

/** The process's own environment, handed to `main`. */
export const processEnv = (): Record<string, string | undefined> => process.env

/** The folder of the user: npm and pnpm run scripts in the folder of the package and name the other one in `INIT_CWD`. */
export const folderOf = (env: Record<string, string | undefined>, cwd: string): string =>
  env['INIT_CWD'] || cwd

/**
 * From the flags, else the environment, else `.restyle/credentials.json` in the working directory or the nearest parent.
 * The key in the file is sent only to the producer that the file names.
 */
export async function readConfig(
  options: { url?: string; key?: string },
  env: Record<string, string | undefined>,
  cwd: string,
): Promise<Config> {
  const named = options.url ?? (env.RESTYLE_URL || undefined)
  const key = options.key ?? (env.RESTYLE_API_KEY || undefined)
  const file = named !== undefined && key !== undefined ? undefined : await credentialsIn(cwd)
  const url = baseUrl(named ?? file?.url ?? DEFAULT_URL)
  const fileKey = file !== undefined && baseUrl(file.url) === url ? file.key : undefined
  return { url, key: checkedKey(key ?? fileKey, url) }
}

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

async function credentialsIn(folder: string): Promise<z.infer<typeof Credentials> | undefined> {
  const path = join(folder, FILE)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Stop('input', [`${path} cannot be read (${code})`])
  })
  if (text === undefined) return dirname(folder) === folder ? undefined : credentialsIn(dirname(folder))
  try {
    return Credentials.parse(JSON.parse(text))
  } catch {
    throw new Stop('input', [`${path} does not hold { "url": …, "key": … }: npm start writes a new one`])
  }
}
