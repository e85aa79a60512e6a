import { readdir, readFile } from 'node:fs/promises'

const sources = new URL('../', import.meta.url)

/** Progress of what a person has ordered, until it is over. */
const ordered = ['rows/use-operation.ts']

/** What stands after a name in all sources: up to the end of its line, or of the lines that belong to it. */
async function saidAfter(name: string): Promise<{ file: string; said: string }[]> {
  const files = (await readdir(sources, { recursive: true })).filter(
    (file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'),
  )
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(new URL(file, sources), 'utf8')
      const lines = text.matchAll(new RegExp(`^( *)(?:.*\\b)?${name}[:(](.*(?:\\n\\1 +.*)*)`, 'gm'))
      return [...lines].map(([, , said = '']) => ({ file, said }))
    }),
  )
  return found.flat()
}

it('is asked before anything is read again by itself: a bare interval would go on while updates are paused', async () => {
  const intervals = await saidAfter('refetchInterval')
  expect(intervals.length).toBeGreaterThan(10)
  const bare = intervals.filter(({ file, said }) => !said.includes('every(') && !ordered.includes(file))
  expect(bare).toEqual([])
})

it('has the line, and nothing else, read anew when the network is back', async () => {
  expect((await saidAfter('refetchOnReconnect')).map(({ said }) => said)).toEqual([
    expect.stringContaining('false'),
  ])
  expect((await saidAfter('refetchOnWindowFocus')).map(({ said }) => said)).toEqual([
    expect.stringContaining('false'),
  ])
})
