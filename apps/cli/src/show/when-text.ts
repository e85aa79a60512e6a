import { durationText } from '@restyle/shared/duration-text'

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number) => String(value).padStart(2, '0')

/** A time on this machine's clock: `22:10`, or `Fri 27 Nov 05:00` on another day than `now`. Both in epoch ms. */
export function clockText(at: number, now: number): string {
  const date = new Date(at)
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (date.toDateString() === new Date(now).toDateString()) return time
  return `${days[date.getDay()]} ${date.getDate()} ${months[date.getMonth()]} ${time}`
}

/** How far away a span is: `about 5m`, or `2h00m to 2h40m` where its ends differ by more than a tenth. */
export function leftText(from: number, to: number): string {
  const [least, most] = [Math.max(0, from), Math.max(0, to)]
  if (most < 60_000) return 'under a minute'
  if (most - least <= (most + least) / 20) return `about ${coarse((least + most) / 2)}`
  return `${coarse(least)} to ${coarse(most)}`
}

/** Nobody needs the seconds of a range. */
const coarse = (ms: number): string => {
  if (ms < 90_000) return durationText(ms)
  if (ms < 3600_000) return `${Math.round(ms / 60_000)}m`
  return ms < 48 * 3600_000 ? durationText(ms) : `${Math.round(ms / (24 * 3600_000))} days`
}
