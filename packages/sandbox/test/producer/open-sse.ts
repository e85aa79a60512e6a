import { Agent, fetch } from 'undici'

/** Reads Server-Sent Events off a response, as many blocks as asked for; `all` gives those too that hold no event. */
export async function openSse(url: string, headers: Record<string, string>) {
  // a connection of its own: a shared client opens a new one in place of one that was cut
  const dispatcher = new Agent()
  const cut = new AbortController()
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: cut.signal,
    dispatcher,
  })
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader()
  const decoder = new TextDecoder()
  let text = ''
  /** The next block that is an event, or with `all` any block, as its fields. */
  async function next({ all = false } = {}): Promise<Record<string, string>> {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const lines = text.slice(0, end).split('\n')
        text = text.slice(end + 2)
        const fields = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s).slice(0, 2)))
        if (all || fields['data'] !== undefined) return fields
        continue
      }
      const { done, value } = await reader.read()
      if (done) return { ended: 'yes' }
      text += decoder.decode(value, { stream: true })
    }
  }
  return {
    response,
    next,
    cut: () => {
      cut.abort()
      void dispatcher.destroy()
    },
  }
}
