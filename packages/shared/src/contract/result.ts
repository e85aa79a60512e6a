import { z } from 'zod'
import { type Edit, EditView, viewOf } from './edit.ts'

const ViewedImage = EditView.shape.images.element

/** An edit with what it was made from and, where they are asked for, addresses that its images can be opened at. */
export const ResultView = EditView.extend({
  images: z.array(
    ViewedImage.extend({
      url: z.string().optional().describe('A signed address: whoever has it can open the image'),
      urlExpiresAt: z.iso
        .datetime()
        .optional()
        .describe(
          'When the address ends at the latest: one that was signed with passing credentials ends with them',
        ),
    }),
  ),
  sources: z.array(z.string()).describe('The addresses of the source pictures, as they were enqueued'),
  columns: z
    .record(z.string(), z.string())
    .optional()
    .describe("The catalog's own columns of its row, as they were enqueued"),
})
export type ResultView = z.infer<typeof ResultView>

export const resultOf = (edit: Edit, columns: Readonly<Record<string, string>> | undefined): ResultView => ({
  ...viewOf(edit),
  sources: edit.request.images,
  ...(columns === undefined ? {} : { columns: { ...columns } }),
})
