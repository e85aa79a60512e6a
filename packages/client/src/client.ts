import { batches } from './batches.ts'
import { catalogs } from './catalogs.ts'
import { connect, type ClientOptions } from './connection.ts'
import { edits } from './edits.ts'
import { eventGroups } from './event-groups.ts'
import { events } from './events.ts'
import { images } from './images.ts'
import { forecasts } from './forecasts.ts'
import { keys } from './keys.ts'
import { lanes } from './lanes.ts'
import { live } from './live.ts'
import { models } from './models.ts'
import { producer } from './producer.ts'
import { producers } from './producers.ts'
import { reviews } from './reviews.ts'
import { schedules } from './schedules.ts'
import { sessions } from './sessions.ts'
import { sources } from './sources.ts'
import { usage } from './usage.ts'
import { webhooks } from './webhooks.ts'

/**
 * The producer's HTTP API for other services: typed by its OpenAPI document, on nothing but `fetch`. Every call throws
 * `ApiError` where it cannot be done; what may pass is repeated before. A file of calls per subject, and a line here.
 */
export function createClient(options: ClientOptions) {
  const connection = connect(options)
  return {
    url: connection.url,
    edits: edits(connection),
    batches: batches(connection),
    catalogs: catalogs(connection),
    reviews: reviews(connection),
    events: events(connection),
    eventGroups: eventGroups(connection),
    images: images(connection),
    forecasts: forecasts(connection),
    sources: sources(connection),
    models: models(connection),
    producer: producer(connection),
    keys: keys(connection),
    lanes: lanes(connection),
    live: live(connection),
    producers: producers(connection),
    schedules: schedules(connection),
    session: sessions(connection),
    usage: usage(connection),
    webhooks: webhooks(connection),
  }
}
export type Client = ReturnType<typeof createClient>
