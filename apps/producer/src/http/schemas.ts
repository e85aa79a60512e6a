import { EditRequest, type EditRequestInput } from '@restyle/shared/contract/edit-request'
import { EditView } from '@restyle/shared/contract/edit'
import type { z } from 'zod'

export const requestExample = {
  prompt: 'Put the product on a light oak table, soft morning light from the left',
  images: ['https://cdn.example.com/catalog/4711.jpg'],
  size: '1280*1280',
  key: '4711',
  metadata: { sku: '4711' },
} satisfies EditRequestInput

export const editExample = {
  id: 'edit_2v8k0c9q4m6t1r3w5y7x9z0abc',
  key: '4711',
  state: 'succeeded',
  model: 'wan2.5-i2i-preview',
  prompt: requestExample.prompt,
  taskId: '0385dc79-5ff8-4d82-bcb6-000000000000',
  images: [
    {
      index: 0,
      key: 'catalog/edit_2v8k0c9q4m6t1r3w5y7x9z0abc/4711/0.png',
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      bytes: 1_862_301,
      width: 1280,
      height: 1280,
      contentType: 'image/png',
    },
  ],
  cost: { currency: 'CNY', micros: 200_000 },
  metadata: { sku: '4711' },
  createdAt: '2026-03-02T21:00:00.000Z',
  updatedAt: '2026-03-02T21:01:04.512Z',
} satisfies z.input<typeof EditView>

/** The contracts of an edit, with a name and an example for the OpenAPI document. */
export const EditBody = EditRequest.meta({ id: 'EditRequest', examples: [requestExample] })
export const EditAnswer = EditView.meta({ id: 'Edit', examples: [editExample] })
