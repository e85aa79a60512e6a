/** A server, as a name or an address. */
export type RedisNode = { host: string; port: number }

/** Where Redis is and how to get in. */
export type RedisAddress = {
  kind: 'single' | 'sentinel' | 'cluster'
  /** The server, the Sentinels, or the nodes of a cluster to begin with. */
  nodes: RedisNode[]
  tls: boolean
  user?: string
  password?: string
  /** 0 unless the URL names another. */
  db: number
  /** Only where Sentinels are asked. */
  sentinel?: { master: string; tls: boolean; user?: string; password?: string }
}

export type ReadRedisUrl =
  | { kind: 'address'; address: RedisAddress }
  /** `says` shows nothing of the URL, which may hold a password. */
  | { kind: 'fault'; says: string }

export const redisUrlForms = 'redis://…, rediss://…, redis+sentinel://… or redis+cluster://…'

const encoding =
  'percent-encode these characters in a user or a password: # as %23, @ as %40, / as %2F, ? as %3F, : as %3A, % as %25'

const defaultPort = { single: 6379, sentinel: 26_379, cluster: 6379 }
const sentinelParameters = ['sentinelUser', 'sentinelPassword', 'sentinelTls']

/** What is wrong with a URL, as a sentence without anything of it. */
class Fault extends Error {}

/**
 * Reads `redis://user:password@host:port/db` and its kin: `rediss://` (TLS), `redis+sentinel://…@host:port,host:port/master/db`
 * and `redis+cluster://…@host:port,host:port`, each with `rediss+` for TLS. Whatever is not understood is a fault.
 */
export function readRedisUrl(url: string): ReadRedisUrl {
  try {
    return { kind: 'address', address: read(url) }
  } catch (error) {
    if (error instanceof Fault) return { kind: 'fault', says: error.message }
    throw error
  }
}

function read(url: string): RedisAddress {
  const parts = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(.*)$/s.exec(url)
  if (parts === null) throw new Fault(`must be ${redisUrlForms}`)
  const [, secure = '', form, rest = ''] = parts
  const kind = form === 'sentinel' || form === 'cluster' ? form : 'single'
  if (rest.includes('#')) throw new Fault(`has a #, which ends a URL: ${encoding}`)
  if (/\s/.test(rest)) throw new Fault('has a blank or a line break in it')
  const [beforeQuery = '', ...queries] = rest.split('?')
  if (queries.length > 1) throw new Fault(`has more than one ?: ${encoding}`)
  const [authority = '', ...path] = beforeQuery.split('/')
  const credentials = authority.split('@')
  if (credentials.length > 2) throw new Fault(`has more than one @: ${encoding}`)
  const hosts = credentials.at(-1) ?? ''
  const tls = secure === 's'
  return {
    kind,
    nodes: readNodes(hosts, kind),
    tls,
    ...(credentials.length === 2 && readCredentials(credentials[0] ?? '')),
    ...readPath(path, kind, readQuery(queries[0], kind), tls),
  }
}

function readNodes(text: string, kind: RedisAddress['kind']): RedisNode[] {
  const nodes = text.split(',').map((each): RedisNode => {
    const [, bracketed, plain = '', digits] =
      /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*))(?::(.*))?$/.exec(each) ?? []
    const host = bracketed ?? plain
    if (!/^[A-Za-z0-9_.:-]+$/.test(host))
      throw new Fault(`names no host that can be read (an IPv6 address stands in brackets); ${encoding}`)
    const port = digits === undefined ? defaultPort[kind] : Number(digits)
    if (!(digits === undefined || /^\d+$/.test(digits)) || port < 1 || port > 65_535)
      throw new Fault(`has a port that is not a number from 1 to 65535; ${encoding}`)
    return { host, port }
  })
  if (kind === 'single' && nodes.length > 1)
    throw new Fault(
      'names several hosts: write redis+sentinel:// for Sentinels, or redis+cluster:// for a cluster',
    )
  return nodes
}

function readCredentials(text: string): { user?: string; password: string } {
  const [user = '', password, ...more] = text.split(':')
  if (more.length > 0) throw new Fault(`has more than one : before the @; ${encoding}`)
  if (password === undefined || password === '')
    throw new Fault('names a user without a password: write user:password@host, or :password@host')
  return { ...(user !== '' && { user: decode(user) }), password: decode(password) }
}

function readPath(
  path: string[],
  kind: RedisAddress['kind'],
  query: URLSearchParams,
  tls: boolean,
): Pick<RedisAddress, 'db' | 'sentinel'> {
  const parts = path.at(-1) === '' ? path.slice(0, -1) : path
  if (kind !== 'sentinel') return { db: readDb(parts, kind) }
  const [master, ...rest] = parts
  if (master === undefined || master === '')
    throw new Fault('names no master: write redis+sentinel://host:26379,host:26379/<master name>')
  const [user, password] = [query.get('sentinelUser'), query.get('sentinelPassword')]
  if (user !== null && password === null) throw new Fault('has a sentinelUser without a sentinelPassword')
  const sentinelTls = query.get('sentinelTls') ?? String(tls)
  if (!/^(true|false)$/.test(sentinelTls)) throw new Fault('has a sentinelTls that is neither true nor false')
  return {
    db: readDb(rest, kind),
    sentinel: {
      master: decode(master),
      tls: sentinelTls === 'true',
      ...(user !== null && { user }),
      ...(password !== null && { password }),
    },
  }
}

function readDb(parts: string[], kind: RedisAddress['kind']): number {
  const [text, ...more] = parts
  if (more.length > 0) throw new Fault(`has more parts after a / than it should; ${encoding}`)
  if (text === undefined) return 0
  if (!/^\d{1,4}$/.test(text)) throw new Fault(`has a database that is not a number; ${encoding}`)
  if (kind === 'cluster' && Number(text) > 0)
    throw new Fault('names a database: a cluster has only database 0')
  return Number(text)
}

/** Names are not repeated: what follows a `?` may be the rest of a password. */
function readQuery(text: string | undefined, kind: RedisAddress['kind']): URLSearchParams {
  if (text === undefined || text === '') return new URLSearchParams()
  // URLSearchParams reads + as a blank
  const query = new URLSearchParams(
    text.split('&').map((each): [string, string] => {
      const [name = '', ...value] = each.split('=')
      return [decode(name), decode(value.join('='))]
    }),
  )
  const known = kind === 'sentinel' ? sentinelParameters : []
  const names = [...query.keys()]
  if (names.some((name) => !known.includes(name)))
    throw new Fault(
      `has a part after ? that is not known here (${known.length === 0 ? 'none is' : `known: ${known.join(', ')}`}); ${encoding}`,
    )
  if (new Set(names).size < names.length) throw new Fault('says one thing twice after the ?')
  return query
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Fault(`has a % that encodes nothing: ${encoding}`)
  }
}
