import { z } from 'zod'

/** How much a producer gets of a model beside others who wait: twice the weight, twice the images. */
export const Weight = z.int().min(1).max(1_000)
export type Weight = z.infer<typeof Weight>
