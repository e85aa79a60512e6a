import { Pool } from 'undici'

/** Requests that are sent again and again for a while, so many at a time. */
export type Load = {
  path: string
  headers: Record<string, string>
  /** A body of its own for each request, by its number. */
  bodyOf: (i: number) => string
  atOnce: number
  seconds: number
}

/** How many were answered in a second, and how long they took (ms). */
export type LoadFigures = { perSecond: number; p50: number; p99: number }

/** Sends the load; throws at the first answer that is no 202. */
export async function sendLoad(url: string, load: Load): Promise<LoadFigures> {
  const { path, headers, bodyOf, atOnce, seconds } = load
  const pool = new Pool(url, { connections: atOnce, pipelining: 1 })
  const times: number[] = []
  const began = performance.now()
  const end = began + seconds * 1000
  let next = 0
  const work = async (): Promise<void> => {
    while (performance.now() < end) {
      const body = bodyOf(next++)
      const at = performance.now()
      const answer = await pool.request({ path, method: 'POST', headers, body })
      const text = await answer.body.text()
      if (answer.statusCode !== 202) throw new Error(`${path} answered ${answer.statusCode}: ${text}`)
      times.push(performance.now() - at)
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, work))
  } finally {
    await pool.close()
  }
  const took = (performance.now() - began) / 1000
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  return { perSecond: times.length / took, p50: at(0.5), p99: at(0.99) }
}
