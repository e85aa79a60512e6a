import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { itemsOf } from './pages.ts'
import type { ProducerSettings, SetProducer } from './types.ts'

/** What an admin sets for producers, for keys with the scope `admin`. */
export function producers(connection: Connection) {
  const set = (name: string, settings: ProducerSettings, options: CallOptions = {}): Promise<SetProducer> =>
    call(connection, 'patch', '/v1/producers/{name}', {
      ...options,
      params: { name },
      json: settings,
      has: 'weight',
    })
  return {
    /** By their names. */
    list: (options: CallOptions = {}): AsyncGenerator<SetProducer> =>
      itemsOf(async (cursor) => {
        const query = { limit: 500, ...(cursor === undefined ? {} : { cursor }) }
        const page = await call(connection, 'get', '/v1/producers', { ...options, query, has: 'producers' })
        return { ...page, items: page.producers }
      }),

    read: (name: string, options: CallOptions = {}): Promise<SetProducer> =>
      call(connection, 'get', '/v1/producers/{name}', { ...options, params: { name }, has: 'weight' }),

    /** Its weight, its caps, its time zone and its limits; what is left out stays, and null takes a limit away. */
    set,

    /** 1 to 1,000; twice the weight gets twice the images of a model while others wait. */
    setWeight: (name: string, weight: number, options: CallOptions = {}): Promise<SetProducer> =>
      set(name, { weight }, options),
  }
}
