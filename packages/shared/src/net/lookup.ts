import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'

/** What a lookup found, in one shape. */
export const listOf = (found: string | LookupAddress[]): LookupAddress[] =>
  typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found

/** All addresses of a name, or the code of the error, such as `ENOTFOUND`. */
export const lookUpAll = (lookup: LookupFunction, hostname: string): Promise<string[] | { code: string }> =>
  new Promise((done) => {
    lookup(hostname, { all: true }, (error, found) =>
      done(error ? { code: error.code ?? 'Unknown' } : listOf(found).map(({ address }) => address)),
    )
  })
