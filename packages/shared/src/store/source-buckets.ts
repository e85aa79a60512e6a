import { z } from 'zod'

/**
 * A place that `s3://` sources may name: a bucket, or a folder in it, for all producers or for one.
 * Written `photos`, `photos/catalog/`, `acme:photos/acme/`.
 */
export type SourceBucket = {
  bucket: string
  /** Empty for the whole bucket; otherwise it ends with a slash. */
  prefix: string
  /** undefined: every producer. */
  producer: string | undefined
}

const entry = /^(?:([^:/,\s]+):)?([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^,]*))?$/

/** Reads RESTYLE_SOURCE_BUCKETS: places with commas between them. */
export function readSourceBuckets(
  text: string,
): { kind: 'read'; buckets: SourceBucket[] } | { kind: 'faulty'; fault: string } {
  const buckets: SourceBucket[] = []
  const parts = text.split(',').map((part) => part.trim())
  for (const part of parts.filter((each) => each !== '')) {
    const [whole, producer, bucket, prefix = ''] = entry.exec(part) ?? []
    if (whole === undefined || bucket === undefined)
      return faulty(part, 'is not <bucket>, <bucket>/<folder>/ or <producer>:<bucket>/<folder>/')
    // photos/acme would be photos/acme-secret too
    if (prefix !== '' && !prefix.endsWith('/')) return faulty(part, 'must end its folder with a slash')
    buckets.push({ bucket, prefix, producer })
  }
  return { kind: 'read', buckets }
}

const faulty = (part: string, fault: string) => ({ kind: 'faulty' as const, fault: `${part} ${fault}` })

/** A proxy before the store may follow dots, and then they lead out of a folder. */
const dots = /(^|\/)\.\.?(\/|$)/

/** Whether a producer's sources may name this key. */
export const mayRead = (
  places: readonly SourceBucket[],
  producer: string,
  bucket: string,
  key: string,
): boolean =>
  places.some(
    (place) =>
      place.bucket === bucket &&
      key.startsWith(place.prefix) &&
      !(place.prefix !== '' && dots.test(key)) &&
      (place.producer === undefined || place.producer === producer),
  )

/** What `s3://` addresses may name, with commas; none unless set. Both apps read it. */
export const sourceBucketsEnv = {
  RESTYLE_SOURCE_BUCKETS: z
    .string()
    .default('')
    .transform((text, context) => {
      const read = readSourceBuckets(text)
      if (read.kind === 'read') return read.buckets
      context.addIssue({ code: 'custom', message: read.fault })
      return z.NEVER
    }),
}

/** Whoever may name the main bucket reads what every producer uploaded and got. */
export function faultsOfSourceBuckets(env: Readonly<Record<string, string | undefined>>): string[] {
  const read = readSourceBuckets(env['RESTYLE_SOURCE_BUCKETS'] ?? '')
  const own = read.kind === 'read' && read.buckets.some(({ bucket }) => bucket === env['S3_BUCKET'])
  return own
    ? [
        'RESTYLE_SOURCE_BUCKETS: must not list S3_BUCKET: sources and results of all producers would be open to each',
      ]
    : []
}
