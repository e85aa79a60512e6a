/** An object as a bucket lists it. */
export type ListedObject = { key: string; bytes: number }

/**
 * Reads objects by their address, `s3://bucket/key`. Whoever reads a catalog gives one, with the rights that it has. Both throw
 * an `ObjectFault` where an object or a bucket cannot be read.
 */
export type ObjectReader = {
  /** Every object whose address begins with `prefix`, in the order of the keys, from the first key behind `after`. */
  list(prefix: string, after?: string): AsyncIterable<ListedObject>
  /** The bytes of an object. */
  open(address: string): Promise<AsyncIterable<Uint8Array>>
}

/** Why an object cannot be read; `detail` continues after its address: `does not exist`. */
export class ObjectFault extends Error {
  override readonly name = 'ObjectFault'
  readonly detail: string

  constructor(detail: string) {
    super(detail)
    this.detail = detail
  }
}

/** An address in a bucket, in its parts; undefined where it is none. */
export function bucketAddress(address: string): { bucket: string; key: string } | undefined {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/is.exec(address) ?? []
  return bucket === undefined ? undefined : { bucket, key }
}
