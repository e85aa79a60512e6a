import { z } from 'zod'
import { EditState } from './edit-state.ts'
import { limits } from './limits.ts'
import { text } from './text.ts'

/** What a producer calls a catalog that it runs again and again. It becomes a part of object keys, so it holds no path. */
export const CatalogName = text(limits.catalog)
  .min(1)
  .regex(/^[^/\\]*$/u, { error: 'must not contain slashes' })
  .refine((name) => name !== '.' && name !== '..', { error: 'must be a name, not a path' })
  .describe(
    'Which catalog the rows come from: `GET /v1/catalogs/{name}/rows` tells what became of each of its keys',
  )

/** How far a row of a catalog is. `unknown`: nobody remembers what became of it. */
export const CatalogState = z.enum([...EditState.options, 'unknown'])
export type CatalogState = z.infer<typeof CatalogState>

/** The newest row with this key of all batches of a catalog. `row` counts from 1. */
export const CatalogRow = z.object({
  key: z.string(),
  fingerprint: z.string().exactOptional().describe('As it was sent with the row'),
  state: CatalogState.describe('Of its newest edit; `unknown`: nobody remembers what became of it'),
  batch: z.string(),
  row: z.int().describe('Its number in the batch, counted from 1'),
})
export type CatalogRow = z.infer<typeof CatalogRow>
