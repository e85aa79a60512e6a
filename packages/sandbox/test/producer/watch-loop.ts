import { monitorEventLoopDelay } from 'node:perf_hooks'

/*
 * Preloaded into a producer by loop-delay.test.ts: answers each message with the longest time (ms) for which the process
 * served nobody since the message before. On a busy machine a process also stands still without working: a stop counts for
 * as long as its thread really ran.
 */

const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()

const ran = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
let [last, longestRun] = [ran(), 0]
setInterval(() => {
  const now = ran()
  longestRun = Math.max(longestRun, now - last)
  last = now
}, 5).unref()

process.on('message', () => {
  process.send?.(Math.min(delay.max / 1e6, longestRun))
  delay.reset()
  longestRun = 0
})
process.channel?.unref()
