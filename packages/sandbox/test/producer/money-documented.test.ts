import { compileCache } from '../runner/compile-cache.ts'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { restyle } from '../stories/cli.ts'
import { openProducer, type World } from './open-producer.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const document = readFileSync(join(root, 'docs/money.md'), 'utf8')
const stories = [...document.matchAll(/^## (.+)\n\n```sh\n([\s\S]*?)```/gm)].map(
  ([, title = '', text = '']) => ({ title, lines: text.trim().split('\n') }),
)

/** The words of a command, as a shell cuts them; what is behind a # is for people. */
const wordsOf = (line: string): string[] =>
  [...line.replace(/ +#.*$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  )

/** What is to be seen of each story. */
const shown: Readonly<Record<string, readonly string[]>> = {
  'Before it is spent': ['budget: CNY 50.00', 'Rows are submitted 22:00 to 06:00 in Asia/Shanghai only.'],
  'A budget for a batch': ['may cost CNY 80.00, of which CNY 80.00 is free', 'has no budget'],
  'Caps for a producer': ['CNY 100.00 a day', 'CNY 2000.00 in all', 'Asia/Shanghai'],
  'What was spent': ['nothing from '],
}

describe('docs/money.md', () => {
  let world: World
  let folder: string
  let apiKey: string
  beforeAll(async () => {
    world = await openProducer()
    folder = await mkdtemp(join(tmpdir(), 'restyle-test-'))
    await writeFile(join(folder, 'catalog.csv'), 'sku,image\n1,https://cdn.example.com/1.jpg\n')
    await openLedger(world.redis, world.prefix).lanes.announce({
      id: 'one',
      name: 'one',
      model: 'wan2.5-i2i-preview',
      region: 'beijing',
      running: 5,
      submitPerSecond: 5,
      price: { currency: 'CNY', micros: 200_000 },
    })
    const { authorization } = await world.keyOf('catalog')
    apiKey = authorization.slice('Bearer '.length)
  })
  afterAll(async () => {
    await world.stop()
    await rm(folder, { recursive: true })
  })

  const node = async (words: readonly string[]): Promise<string> => {
    const env = {
      ...compileCache,
      REDIS_URL: world.server.redis.url,
      RESTYLE_PREFIX: world.prefix,
      S3_BUCKET: 'images',
      S3_ENDPOINT: world.server.s3.url,
      S3_ACCESS_KEY_ID: 'test',
      S3_SECRET_ACCESS_KEY: 'test-secret',
      S3_FORCE_PATH_STYLE: 'true',
    }
    return (await promisify(execFile)(process.execPath, words, { cwd: root, env })).stdout
  }

  it('tells its stories in at most 12 lines', () => {
    expect(stories.map(({ title }) => title)).toEqual(Object.keys(shown))
    for (const { lines } of stories) expect(lines.length).toBeLessThanOrEqual(12)
  })

  describe.each(stories)('tells of $title', ({ title, lines }) => {
    const said: string[] = []
    let batch = ''

    it.each(lines)('what can be done: %s', async (line) => {
      const [program, ...words] = wordsOf(line).map((word) => (word === '<batch>' ? batch : word))
      if (program === 'node') {
        said.push(await node(words))
        return
      }
      expect(program).toBe('restyle')
      const { code, stdout, stderr } = await restyle({ url: world.producer.url, apiKey }, folder, ...words)
      expect([code, stderr]).toEqual([0, ''])
      batch = /\bbatch_\w+/.exec(stdout)?.[0] ?? batch
      said.push(stdout)
    })

    it.each(shown[title] ?? [])('what is seen then: %s', (part) => expect(said.join('')).toContain(part))
  })
})
