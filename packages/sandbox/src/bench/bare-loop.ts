import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { checkImage } from '@restyle/worker/copy/check-image'
import { Agent, Client, type Dispatcher } from 'undici'
import { z } from 'zod'
import { benchModel, benchPicture, benchSize, keys, promptOf } from './bench-settings.ts'

const Submitted = z.object({ output: z.object({ task_id: z.string() }) })
const Asked = z.object({
  output: z.object({ task_status: z.string(), results: z.array(z.object({ url: z.string() })).optional() }),
})

const headers = { authorization: 'Bearer sk-sandbox', 'content-type': 'application/json' }

type Places = { dashscopeUrl: string; s3Url: string; bucket: string }

/**
 * What anyone would write who needs the same pictures in the same bucket and remembers nothing: POST on a fresh
 * connection, GET the task, GET the picture, check, hash, put it if nothing is there. `inFlight` of them at a time.
 */
export async function bareLoop(
  edits: number,
  { inFlight, ...places }: Places & { inFlight: number },
): Promise<void> {
  const kept = new Agent()
  const s3 = new S3Client({
    region: 'us-east-1',
    endpoint: places.s3Url,
    forcePathStyle: true,
    credentials: keys,
  })

  let next = 0
  const lane = async () => {
    while (next < edits) await edit(next++, places, kept, s3)
  }
  try {
    await Promise.all(Array.from({ length: inFlight }, lane))
  } finally {
    s3.destroy()
    await kept.destroy()
  }
}

async function edit(i: number, places: Places, kept: Agent, s3: S3Client): Promise<void> {
  const taskId = await submit(places.dashscopeUrl, i)
  const image = await get(kept, await imageUrl(kept, `${places.dashscopeUrl}/tasks/${taskId}`))
  const bytes = Buffer.from(await image.body.arrayBuffer())
  const picture = await checkImage(bytes)
  if (picture.kind === 'broken') throw new Error(`the image ${picture.reason}`)
  await s3.send(
    new PutObjectCommand({
      Bucket: places.bucket,
      Key: `${i}.${picture.extension}`,
      Body: bytes,
      ContentType: picture.contentType,
      ChecksumSHA256: createHash('sha256').update(bytes).digest('base64'),
      IfNoneMatch: '*',
    }),
  )
}

async function submit(dashscopeUrl: string, i: number): Promise<string> {
  const { origin, pathname } = new URL(dashscopeUrl)
  const fresh = new Client(origin)
  try {
    const body = JSON.stringify({
      model: benchModel,
      input: { prompt: promptOf(i), images: [benchPicture] },
      parameters: { n: 1, size: benchSize },
    })
    const path = `${pathname}/services/aigc/image2image/image-synthesis`
    const async = { ...headers, 'x-dashscope-async': 'enable' }
    const answer = await fresh.request({ method: 'POST', path, headers: async, body })
    return Submitted.parse(await answer.body.json()).output.task_id
  } finally {
    await fresh.destroy()
  }
}

async function imageUrl(kept: Agent, taskUrl: string): Promise<string> {
  for (;;) {
    const { output } = Asked.parse(await (await get(kept, taskUrl)).body.json())
    const url = output.results?.[0]?.url
    if (url !== undefined) return url
    await setImmediate()
  }
}

function get(kept: Agent, url: string): Promise<Dispatcher.ResponseData> {
  const { origin, pathname, search } = new URL(url)
  return kept.request({ origin, path: pathname + search, method: 'GET', headers })
}
