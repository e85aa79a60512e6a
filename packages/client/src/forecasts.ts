import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { ForecastAnswer, ForecastRequest } from './types.ts'

/** What rows would cost and when they would be done; nothing is enqueued. */
export const forecasts = (connection: Connection) => ({
  ask: (request: ForecastRequest, options: CallOptions = {}): Promise<ForecastAnswer> =>
    call(connection, 'post', '/v1/forecasts', { ...options, json: request, has: 'forecast' }),
})
