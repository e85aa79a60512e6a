import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFakeWorld } from '../../../apps/cli/test/fake-world.ts'

const root = join(import.meta.dirname, '../../..')
const documents = ['README.md', ...globSync('docs/*.md', { cwd: root }).toSorted()]

/** The blocks of a document that a shell runs, with lines that go on with a backslash as one. */
const blocksOf = (path: string): string[] =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/^```sh\n(.*?)^```/gms)].map(([, text = '']) =>
    text.trim(),
  )

/** The words of a command line, without its comment and what it is piped into. */
const wordsOf = (line: string): string[] =>
  [...line.replace(/ (#|\| ).*$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  )

const commands = documents.flatMap((path) =>
  blocksOf(path).flatMap((block) =>
    block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .flatMap((line) => {
        const [, text] = /^(?:pnpm )?restyle (.*)$/.exec(line) ?? []
        return text === undefined ? [] : [[path, text] as const]
      }),
  ),
)

describe('the commands in the documents', () => {
  it('are blocks of at most 12 lines in the pages of users', () => {
    for (const path of ['catalogs', 'money', 'results', 'schedules'].map((name) => `docs/${name}.md`))
      for (const block of blocksOf(path)) expect([path, block.split('\n').length <= 12]).toEqual([path, true])
  })

  it('are found', () => expect(commands.length).toBeGreaterThan(25))

  it('are commands and flags that there are', async () => {
    const world = await startFakeWorld()
    world.answer = (_seen, response) => {
      response.writeHead(404)
      return {}
    }
    world.catalog = undefined
    try {
      const unknown: string[] = []
      for (const [path, text] of commands) {
        const { stderr } = await world.restyle(wordsOf(text))
        if (/^error: /m.test(stderr)) unknown.push(`${path}: ${text}: ${stderr}`)
      }
      expect(unknown).toEqual([])
    } finally {
      await world.close()
    }
  })
})
