import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { ProducerSettings, SetProducer } from './types.ts'

/** What an admin sets for producers, for keys with the scope `admin`. */
export function producers(connection: Connection) {
  const set = (name: string, settings: ProducerSettings, options: CallOptions = {}): Promise<SetProducer> =>
    call(connection, 'put', '/v1/producers/{name}', {
      ...options,
      params: { name },
      json: settings,
      has: 'weight',
    })
  return {
    list: async (options: CallOptions = {}): Promise<SetProducer[]> =>
      (await call(connection, 'get', '/v1/producers', { ...options, has: 'producers' })).producers,

    /** Its weight, its caps and its time zone; what is left out stays. */
    set,

    /** 1 to 1,000; twice the weight gets twice the images of a model while others wait. */
    setWeight: (name: string, weight: number, options: CallOptions = {}): Promise<SetProducer> =>
      set(name, { weight }, options),
  }
}
