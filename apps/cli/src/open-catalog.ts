import { resolve } from 'node:path'
import type { Catalog } from '@restyle/manifest/catalog'
import { fetchCatalog } from '@restyle/manifest/fetch-catalog'
import { awsObjects } from './aws-objects.ts'
import { readOptionsOf, type CatalogFlags } from './catalog-flags.ts'
import type { Io } from './io.ts'
import { faultLines } from './show/fault-lines.ts'
import { Stop } from './stop.ts'

/** Opens what the command line names: a place on this machine, or an `s3://` address, which is fetched. */
export async function openCatalog(
  named: string,
  flags: CatalogFlags,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): Promise<Catalog & AsyncDisposable> {
  const options = readOptionsOf(flags)
  if (!inBucket.test(named))
    return { path: resolve(cwd, named), ...options, [Symbol.asyncDispose]: async () => undefined }
  const objects = awsObjects(env)
  try {
    const fetched = await fetchCatalog(named, objects)
    if (fetched.kind === 'unfit') throw new Stop('input', faultLines([fetched.fault]))
    return { ...fetched.catalog, ...options, [Symbol.asyncDispose]: () => fetched[Symbol.asyncDispose]() }
  } finally {
    objects.close()
  }
}

const inBucket = /^s3:\/\//i

/** Where relative pictures begin: a folder of this machine, or of a bucket. */
export const picturesFolder = (cwd: string, named: string): string =>
  inBucket.test(named) ? named.replace(/\/*$/, '/') : resolve(cwd, named)
