import { type SentinelConnectionOptions, SentinelConnector } from 'ioredis'

type Detector = { cleanup(): void } | null

/**
 * Asks the Sentinels for the master, and never gives up. The detector of the connection that broke goes on listening to them
 * (ioredis 6.0.0): told of the failover in the moments in which the next connection is being made, it would end that attempt
 * as if somebody had closed the client, and the client would stay closed for ever. So it is taken down before each attempt.
 */
export class LastingSentinel extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions)
  }

  override connect(
    told: Parameters<SentinelConnector['connect']>[0],
  ): ReturnType<SentinelConnector['connect']> {
    const detector: Detector = Reflect.get(this, 'failoverDetector')
    detector?.cleanup()
    return super.connect(told)
  }
}
