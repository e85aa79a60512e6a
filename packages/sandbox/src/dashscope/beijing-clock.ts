const eightHours = 8 * 3_600_000

/** `YYYY-MM-DD HH:mm:ss.SSS` in Beijing time (UTC+8, no zone in the string), as a task's times are written. docs/dashscope.md §2 */
export const beijingTime = (ms: number): string =>
  new Date(ms + eightHours).toISOString().replace('T', ' ').replace('Z', '')

/** `YYYYMMDD` of a moment in Beijing, as result URLs carry it. */
export const beijingDay = (ms: number): string => beijingTime(ms).slice(0, 10).replaceAll('-', '')

/** Reads `YYYYMMDDhhmmss` (Beijing time) of the list call into epoch ms; undefined when it is no such time. docs/dashscope.md §3.1 */
export const readBeijingTime = (text: string): number | undefined => {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second] = parts
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.000+08:00`)
  // Date.parse rolls 31 February over; the round trip tells
  return Number.isNaN(ms) || beijingTime(ms).replaceAll(/\D/g, '').slice(0, 14) !== text ? undefined : ms
}
