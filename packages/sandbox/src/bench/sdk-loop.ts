import { setTimeout } from 'node:timers/promises'
import { Agent } from 'undici'
import { z } from 'zod'
import { benchModel, benchPicture, benchSize, promptOf } from './bench-settings.ts'

const Submitted = z.object({ output: z.object({ task_id: z.string() }) })
const Asked = z.object({ output: z.object({ task_status: z.string() }) })

const headers = { authorization: 'Bearer sk-sandbox', 'content-type': 'application/json' }

/** How long the vendor's SDK sleeps before its next query, after this many of them: docs/dashscope.md §7.3. */
export const sdkWaitMs = (queries: number): number => {
  if (queries < 3) return 1_000
  if (queries < 6) return 2_000
  return queries < 9 ? 4_000 : 5_000
}

/** Runs this many edits, `slots` at a time: submits, asks as the vendor's SDK does, and submits the next at once. */
export async function sdkLoop(edits: number, slots: number, dashscopeUrl: string): Promise<void> {
  const agent = new Agent()
  let next = 0
  const slot = async () => {
    while (next < edits) await edit(next++, dashscopeUrl, agent)
  }
  try {
    await Promise.all(Array.from({ length: slots }, slot))
  } finally {
    await agent.destroy()
  }
}

async function edit(i: number, dashscopeUrl: string, agent: Agent): Promise<void> {
  const { origin, pathname } = new URL(dashscopeUrl)
  const call = async (method: 'GET' | 'POST', path: string, more: object = {}) =>
    (await agent.request({ origin, path: pathname + path, method, headers, ...more })).body.json()
  const body = JSON.stringify({
    model: benchModel,
    input: { prompt: promptOf(i), images: [benchPicture] },
    parameters: { n: 1, size: benchSize },
  })
  const path = '/services/aigc/image2image/image-synthesis'
  const async = { ...headers, 'x-dashscope-async': 'enable' }
  const submitted = Submitted.parse(await call('POST', path, { headers: async, body }))
  for (let queries = 1; ; queries += 1) {
    const { output } = Asked.parse(await call('GET', `/tasks/${submitted.output.task_id}`))
    if (output.task_status !== 'PENDING' && output.task_status !== 'RUNNING') return
    await setTimeout(sdkWaitMs(queries))
  }
}
