import { z } from 'zod'

// What the vendor answers. Fields nobody documented are ignored; a field of the wrong type counts as absent, unless money hangs on it.

const text = z.string().optional().catch(undefined)
const count = z.number().int().nonnegative().optional().catch(undefined)
const millis = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{13}$/)
    .transform(Number),
])

/** `200` to a submit (docs/dashscope.md §1.4). */
export const SubmitAnswer = z.object({
  output: z.object({ task_id: z.string().regex(/^[\w-]{1,128}$/) }),
  request_id: text,
})

/** Any error: flat (docs/dashscope.md §1.4), or nested as gateways and the compatible mode do, where `error` may be mere words. */
export const ErrorAnswer = z
  .object({
    code: text,
    message: text,
    request_id: text,
    error: z
      .union([
        z.object({ code: text, message: text }),
        z.string().transform((message) => ({ code: undefined, message })),
      ])
      .optional()
      .catch(undefined),
  })
  .transform(({ code, message, request_id, error }) => ({
    code: code ?? error?.code,
    message: message ?? error?.message,
    request_id,
  }))
export type ErrorAnswer = z.infer<typeof ErrorAnswer>

/** An address, bare or as `{"url": …}`. */
const Address = z
  .union([z.string(), z.object({ url: z.string() }).transform(({ url }) => url)])
  .optional()
  .catch(undefined)

// the names under which models of this vendor put a finished picture (docs/models.md §9.1); no name of an input is among them
const addresses = {
  url: Address,
  image: Address,
  image_url: Address,
  output_image_url: Address,
  png_url: Address,
}

const Entry = z.object({ ...addresses, orig_prompt: text, actual_prompt: text, code: text, message: text })
const Bare = z
  .string()
  .regex(/^https?:/i)
  .transform((url): z.infer<typeof Entry> => ({ url }))
const Result = z.union([Entry, Bare]).catch({})
const Part = z.object(addresses).catch({})
const Choice = z
  .object({ message: z.object({ content: z.array(Part).catch([]) }) })
  .catch({ message: { content: [] } })

/** A query (docs/dashscope.md §2; docs/models.md §2 and §3). */
export const TaskAnswer = z.object({
  request_id: text,
  code: text,
  message: text,
  output: z
    .object({
      ...addresses,
      task_id: text,
      task_status: z.string().min(1),
      submit_time: text,
      scheduled_time: text,
      end_time: text,
      code: text,
      message: text,
      results: z.union([z.array(Result), Entry.transform((entry) => [entry])]).catch([]),
      choices: z.array(Choice).catch([]),
      task_metrics: z.object({ SUCCEEDED: count }).optional().catch(undefined),
    })
    .nullish(),
  usage: z.object({ image_count: count, output_image_count: count }).optional().catch(undefined),
})
export type TaskAnswer = z.infer<typeof TaskAnswer>

/** A page of the list (docs/dashscope.md §3.1). Strict where a row that went missing could prove a task absent that exists. */
export const ListAnswer = z.object({
  total: z.number().int().nonnegative(),
  total_page: z.number().int().nonnegative(),
  page_no: z.number().int().positive(),
  data: z.array(
    z.object({
      task_id: z.string().min(1),
      status: z.string(),
      model_name: z.string(),
      gmt_create: millis,
      start_time: millis.optional().catch(undefined),
      end_time: millis.optional().catch(undefined),
      request_id: text,
    }),
  ),
})

/** The permission to upload (docs/dashscope.md §1.5). */
export const PolicyAnswer = z.object({
  data: z.object({
    policy: z.string(),
    signature: z.string(),
    upload_dir: z.string(),
    upload_host: z.url({ protocol: /^https?$/ }),
    expire_in_seconds: count,
    max_file_size_mb: count,
    oss_access_key_id: z.string(),
    x_oss_object_acl: z.string(),
    x_oss_forbid_overwrite: z.string(),
  }),
})
export type UploadPolicy = z.infer<typeof PolicyAnswer>['data']
