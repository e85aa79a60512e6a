import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A process of its own that was started from one of our files and speaks over IPC. */
export type Child = {
  /** The first thing it said. */
  ready: unknown
  /** Sends a question and gives the next thing it says: one question at a time. */
  ask(question: string): Promise<unknown>
  /** Hangs up, which it takes as its end, and waits until it is gone. */
  stop(): Promise<void>
}

/** Starts `file` (a sibling of this one); it says something when it is ready, and ends when we hang up. Throws if it dies first. */
export async function startChild(file: string, args: string[], execArgv: string[] = []): Promise<Child> {
  const child = fork(new URL(file, import.meta.url), args, { execArgv })
  const gone = once(child, 'exit')
  const says = async (): Promise<unknown> => {
    const heard = once(child, 'message').then(([message]: unknown[]) => ({ message }))
    const answer = await Promise.race([heard, gone.then(() => undefined)])
    if (answer === undefined) throw new Error(`${file} ${args[0] ?? ''} has died`)
    return answer.message
  }
  const ready = await says()
  return {
    ready,
    ask: (question) => {
      const answer = says()
      child.send(question)
      return answer
    },
    stop: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
