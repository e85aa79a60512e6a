import type { Connection } from './connection.ts'
import type { Opened, OpenOptions } from './open-address.ts'

/** The images themselves. */
export const images = (connection: Connection) => ({
  /**
   * Opens a signed address of an image, from a byte on. Look where what comes begins: a store that does not know ranges sends
   * all of it. Its digest tells whether it is whole.
   */
  open: (url: string, options: OpenOptions = {}): Promise<Opened> => connection.open(url, options),
})
