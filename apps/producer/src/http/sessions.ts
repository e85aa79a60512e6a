import { createHash, randomBytes } from 'node:crypto'
import type { KeySessions } from '@restyle/shared/ledger/key-sessions'
import type { FastifyRequest } from 'fastify'
import type { ApiKeys, KeyHolder } from './api-keys.ts'
import { Problem } from './problem.ts'

/*
 * A browser's stream and its pictures cannot carry a key. So a key opens a session, whose secret is in a cookie that no script
 * reads. Redis keeps which key opened it: what the session may do, and whether it is live, is what holds for the key.
 */

const cookie = 'restyle_session'

/** How long a session lasts after its last use (ms). */
export const lastsMs = 12 * 3600_000
/** A session that is used ends later again when it was last told so before this (ms). */
const extendMs = 5 * 60_000
/** How long a token waits that opens one session (ms). */
const tokenMs = 10 * 60_000

/** Who asks by a session, until when (epoch ms) that lasts, and the hash of its secret. */
export type SessionHolder = KeyHolder & { sessionUntil: number; sessionHash: string }

export type Sessions = ReturnType<typeof openSessions>

type Parts = {
  shelf: KeySessions
  apiKeys: Pick<ApiKeys, 'holderOf'>
  now: () => number
  /** Hears why a session could not be told to last longer. */
  failed: (error: unknown) => void
}

export function openSessions({ shelf, apiKeys, now, failed }: Parts) {
  const tokens = new Map<string, { keyId: string; until: number }>()

  return {
    /** Opens a session for a key: its cookie, and until when it lasts. */
    open: async (keyId: string): Promise<{ value: string; until: number }> => {
      const secret = randomBytes(32).toString('base64url')
      const until = now() + lastsMs
      await shelf.open(keyId, hashOf(secret), until, now())
      return { value: `${keyId}.${secret}`, until }
    },

    /** Whose session a `Cookie` header names; undefined where it names none that is live. */
    verify: async (header: string | undefined): Promise<SessionHolder | undefined> => {
      const parts = partsOf(header)
      if (parts === undefined) return undefined
      const { keyId, hash } = parts
      const until = await shelf.read(keyId, hash)
      if (until === undefined || until <= now()) return undefined
      const holder = await apiKeys.holderOf(keyId)
      if (holder === undefined) return undefined
      const later = now() + lastsMs
      if (later - until < extendMs) return { ...holder, sessionUntil: until, sessionHash: hash }
      // nobody waits for it: the session lasts on meanwhile
      shelf.extend(keyId, hash, later).catch(failed)
      return { ...holder, sessionUntil: later, sessionHash: hash }
    },

    end: async (header: string | undefined): Promise<void> => {
      const parts = partsOf(header)
      if (parts !== undefined) await shelf.end(parts.keyId, parts.hash)
    },

    /** A token that opens one session for a key, from this machine alone, within 10 minutes. */
    offer: (keyId: string): string => {
      const token = randomBytes(24).toString('base64url')
      tokens.set(hashOf(token), { keyId, until: now() + tokenMs })
      return token
    },

    /** Whose token an `Authorization` header carries; it is used up. */
    take: async (header: string | undefined): Promise<KeyHolder | undefined> => {
      const token = /^Bearer +once_([\w-]{32})$/i.exec(header ?? '')?.[1]
      const hash = hashOf(token ?? '')
      const offered = tokens.get(hash)
      tokens.delete(hash)
      return offered === undefined || offered.until <= now() ? undefined : apiKeys.holderOf(offered.keyId)
    },
  }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** The key of a session, and the hash of its secret, as a `Cookie` header has them; it may be none that is live. */
function partsOf(header: string | undefined): { keyId: string; hash: string } | undefined {
  const value = header
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${cookie}=`))
    ?.slice(cookie.length + 1)
  const [, keyId, secret] = /^([A-Za-z0-9]{1,64})\.([\w-]{43})$/.exec(value ?? '') ?? []
  return keyId === undefined || secret === undefined ? undefined : { keyId, hash: hashOf(secret) }
}

/** The id of the key whose session a `Cookie` header names, be it live or not. */
export const keyIdOfCookie = (header: string | undefined): string | undefined => partsOf(header)?.keyId

/** The `Set-Cookie` of a session; without a value it ends. A browser forgets it when it is closed. */
export const setCookie = (value: string | undefined, secure: boolean): string =>
  [
    `${cookie}=${value ?? ''}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
    ...(value === undefined ? ['Max-Age=0'] : []),
  ].join('; ')

const safe = ['GET', 'HEAD', 'OPTIONS']

/**
 * A browser sends the cookie with whatever a page asks for. So what changes something must come from the console itself: with
 * its header, which no page of another origin can send, and from the origin that was asked. Throws `forbidden`.
 */
export function refuseForged({ method, headers, host }: FastifyRequest): void {
  if (safe.includes(method)) return
  const { origin } = headers
  if (headers['x-restyle-console'] !== '1')
    throw new Problem(
      'forbidden',
      'A session may change something only with the header X-Restyle-Console: 1. Programs use a key instead.',
    )
  if (origin === undefined || hostOf(origin) !== host)
    throw new Problem(
      'forbidden',
      `A session may change something only from the console itself: this came from ${origin ?? 'nowhere'}, and was sent to ${host}. A proxy has to pass Host on.`,
    )
}

function hostOf(origin: string): string | undefined {
  const { host } = URL.parse(origin) ?? {}
  return host === '' ? undefined : host
}
