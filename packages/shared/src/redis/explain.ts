import type { RedisAddress } from './redis-url.ts'

/** Why Redis cannot be used: it may come by itself (`away`), or a person has to change something (`refused`). */
export type RedisTrouble = { kind: 'away' | 'refused'; says: string }

type Rule = [
  pattern: RegExp,
  kind: RedisTrouble['kind'],
  says: (where: string, address: RedisAddress) => string,
]

/** What Redis answered, or what its connection met, and what to change. The first that fits counts. */
const rules: readonly Rule[] = [
  [
    /sentinel.*(WRONGPASS|NOAUTH)/is,
    'refused',
    () =>
      'the Sentinels want a user or a password of their own: correct sentinelUser and sentinelPassword in REDIS_URL',
  ],
  [
    /\bWRONGPASS\b/,
    'refused',
    () => 'the user or the password is wrong: correct them in REDIS_URL, percent-encoded',
  ],
  [
    /\bNOAUTH\b/,
    'refused',
    () => 'a password is wanted: write redis://:password@host or redis://user:password@host in REDIS_URL',
  ],
  [
    /AUTH.*called without any password configured/,
    'refused',
    () => 'no password is set there: take it out of REDIS_URL, or set it in Redis',
  ],
  [
    /\bREADONLY\b/,
    'refused',
    (where) =>
      `${where} is a replica, which takes no writes: put the master into REDIS_URL, or redis+sentinel://… for Sentinels`,
  ],
  [
    /\b(MOVED|ASK) \d|cluster mode|CROSSSLOT/,
    'refused',
    (where) =>
      `${where} is a node of a Redis Cluster: write redis+cluster://host:port,host:port into REDIS_URL`,
  ],
  [
    /cluster support disabled/,
    'refused',
    (where) => `${where} is no Redis Cluster: write redis://… into REDIS_URL`,
  ],
  [
    /\bNOREPLICAS\b/,
    'away',
    () =>
      'it takes no writes while too few replicas follow it: look at its replicas and at min-replicas-to-write',
  ],
  [
    /\bMISCONF\b/,
    'away',
    () => 'it takes no writes because it cannot save its data: look at its disk and its log',
  ],
  [/\bLOADING\b/, 'away', () => 'it is still loading its data: wait'],
  [/\bCLUSTERDOWN\b/, 'away', () => 'the cluster does not serve all of its slots: look at CLUSTER INFO'],
  [
    /DB index is out of range/,
    'refused',
    (_, { db }) => `there is no database ${db}: correct the number at the end of REDIS_URL`,
  ],
  [
    /WRONG_VERSION_NUMBER|wrong version number|before secure TLS|EPROTO/i,
    'refused',
    (where) =>
      `${where} does not speak TLS: write redis:// instead of rediss:// into REDIS_URL, or its TLS port`,
  ],
  [
    /certificate|CERT_|UNABLE_TO_|SELF_SIGNED|ALTNAME/i,
    'refused',
    (where) =>
      `the certificate of ${where} is not trusted: name the host that stands in it, and the authority's file in NODE_EXTRA_CA_CERTS`,
  ],
  [
    /invalid reply: null|No such master/,
    'refused',
    (_, { sentinel }) =>
      `the Sentinels know no master ${sentinel?.master}: correct the name behind the hosts in REDIS_URL`,
  ],
  [
    /All sentinels are unreachable/,
    'away',
    () =>
      'no Sentinel answers: correct their hosts and ports in REDIS_URL, and rediss+sentinel:// or redis+sentinel:// for TLS or none',
  ],
  [
    /ECONNREFUSED/,
    'away',
    (where) => `nothing listens at ${where}: correct host and port in REDIS_URL, or start Redis`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN/,
    'away',
    (where) => `the name of ${where} is not found: correct the host in REDIS_URL`,
  ],
  [
    /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timed out|timeout|Late/i,
    'away',
    (where) => `${where} does not answer: look at host and port in REDIS_URL, and at firewalls between`,
  ],
  [
    /ECONNRESET|EPIPE|Connection is closed|max retries/,
    'away',
    (where, { tls }) =>
      `${where} closes the connection: ${tls ? 'look at its log' : 'it may want TLS (write rediss://), or look at its log'}`,
  ],
]

/** One sentence about a Redis that cannot be used, without a secret. `messages`: the errors met, the telling ones first. */
export function explainRedis(address: RedisAddress, messages: readonly string[]): RedisTrouble {
  const [node] = address.nodes
  const where =
    address.kind === 'single' && node
      ? `${node.host}:${node.port}`
      : address.kind === 'sentinel'
        ? 'a Sentinel, or the master it names'
        : 'a node of the cluster'
  for (const [pattern, kind, says] of rules)
    if (messages.some((message) => pattern.test(message))) return { kind, says: says(where, address) }
  return { kind: 'away', says: `it cannot be used: ${messages[0] ?? 'no reason is known'}` }
}
