import { RestyleEvent } from '@restyle/shared/contract/event'
import { z } from 'zod'
import { editExample } from '../http/schemas.ts'

const example = {
  specversion: '1.0',
  id: `${editExample.id}-succeeded`,
  source: '/restyle/producers/catalog',
  type: 'restyle.edit.succeeded',
  subject: editExample.id,
  time: editExample.updatedAt,
  datacontenttype: 'application/json',
  data: editExample,
} satisfies z.input<typeof RestyleEvent>

export const EventAnswer = RestyleEvent.meta({ id: 'Event', examples: [example] })

export const EventPage = z.object({ events: z.array(EventAnswer), cursor: z.string() })
