import { z } from 'zod'
import { type ProblemCode, problems, RequestFault, typeOf } from './problem.ts'

/** A refusal as it goes over the wire: RFC 9457, `application/problem+json`. */
export const ProblemView = z
  .object({
    type: z.string().describe('Where the problem is explained, on the same host; ends in its `code`'),
    code: z.enum(Object.keys(problems) as ProblemCode[]).describe('Stable: tell problems apart by it'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z
      .string()
      .optional()
      .describe(
        'The id of the request, as `X-Request-Id` of the answer has it, and the log of the installation',
      ),
    errors: z.array(RequestFault).optional(),
    nextRow: z.int().optional().describe('Of an open batch: the row that it takes next, counted from 1'),
    idempotencyKey: z
      .string()
      .optional()
      .describe(
        'Only where the request may still be carried out although it failed: send it again under this key, and it is done once',
      ),
    edit: z.string().optional().describe('With `idempotencyKey`: the edit that may still come'),
    batch: z.string().optional().describe('With `idempotencyKey`: the batch that may still come'),
  })
  .meta({
    id: 'Problem',
    examples: [
      {
        type: typeOf('invalid-request'),
        code: 'invalid-request',
        title: 'The request does not fit',
        status: 422,
        detail: 'n is 5; wan2.5-i2i-preview takes 1 to 4',
        instance: '8e03978e-40d5-43e8-bc93-6894a57f9324',
        errors: [{ pointer: '/n', detail: 'n is 5; wan2.5-i2i-preview takes 1 to 4' }],
      },
    ],
  })
export type ProblemView = z.infer<typeof ProblemView>
