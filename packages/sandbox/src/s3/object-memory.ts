import type { ObjectKeeper } from './object-record.ts'

/** Keeps bodies in memory; gone with the process. */
export function keepInMemory(): ObjectKeeper {
  const bodies = new Map<string, Buffer>()
  return {
    load: async () => new Map(),
    addBucket: async () => {},
    write: async (bucket, record, body) => void bodies.set(`${bucket}/${record.key}`, body),
    read: async (bucket, key) => bodies.get(`${bucket}/${key}`) ?? Buffer.alloc(0),
    remove: async (bucket, key) => void bodies.delete(`${bucket}/${key}`),
  }
}
