const OFFSET = 8 * 60 * 60 * 1000

/** `YYYY-MM-DD HH:mm:ss.SSS`, which the vendor writes in UTC+8 without saying so (docs/dashscope.md §2), to epoch ms; undefined if it is no such time. */
export function parseBeijing(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?$/.test(text)) return undefined
  const ms = Date.parse(`${text.replace(' ', 'T')}+08:00`)
  // the engine reads 31 February as a day in March
  const same = !Number.isNaN(ms) && new Date(ms + OFFSET).toISOString().startsWith(text.slice(0, 10))
  return same ? ms : undefined
}

/** Epoch ms to `YYYYMMDDHHmmss` in Beijing, as the list takes it (docs/dashscope.md §3.1); the rest of the second is cut. */
export const formatBeijing = (ms: number): string =>
  new Date(ms + OFFSET).toISOString().replace(/\D/g, '').slice(0, 14)
