import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { readConfig as readProducerConfig } from '@restyle/producer/config'
import { readConfig as readWorkerConfig, WorkerEnv } from '@restyle/worker/config'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

const example = read('infra/.env.example')
const operations = read('docs/operations.md')
/** The example with every commented line in force. */
const allSet = parseEnv(example.replaceAll(/^#(?=[A-Z][A-Z0-9_]*=)/gm, ''))

const workerNames = Object.keys(WorkerEnv.shape)
// the variables that config.ts adds to the shared ones
const producerNames = [
  ...read('apps/producer/src/config.ts').matchAll(/^ {2}([A-Z][A-Z0-9_]*): (?:z|port|wholeNumber)/gm),
].map(([, name = '']) => name)
const names = [...new Set([...workerNames, ...producerNames])].toSorted()

/** variable → default, as docs/operations.md has them. */
const documented = new Map(
  [...operations.matchAll(/^\| `([A-Z][A-Z0-9_]*)` \| ([^|]+) \|/gm)].map(([, name = '', value = '']) => [
    name,
    value.replaceAll('`', ''),
  ]),
)

describe('infra/.env.example', () => {
  it('starts both apps as it stands', () => {
    expect(readWorkerConfig(parseEnv(example)).S3_BUCKET).toBe('restyle-images')
    expect(readProducerConfig(parseEnv(example)).store.bucket).toBe('restyle-images')
  })

  it('starts both apps with every line in force', () => {
    const [lane] = readWorkerConfig(allSet).RESTYLE_LANES
    expect(lane).toMatchObject({ name: 'default', apiKey: 'sk-example-replace-me' })
    expect(readProducerConfig(allSet)).toMatchObject({ host: '127.0.0.1', port: 8080 })
  })

  it('has every variable of both apps, and no other', () => {
    expect(Object.keys(allSet).toSorted()).toEqual(names)
  })

  it('explains every variable in the line above it', () => {
    const lines = example.split('\n')
    const bare = lines.filter(
      (line, i) => /^#?[A-Z][A-Z0-9_]*=/.test(line) && !/^# [^-]/.test(lines[i - 1] ?? ''),
    )
    expect(bare).toEqual([])
  })
})

describe('the tables of variables in docs/operations.md', () => {
  it('have every variable of both apps, and no other', () => {
    expect([...documented.keys()].toSorted()).toEqual(names)
  })

  it("have the worker's defaults", () => {
    for (const [name, schema] of Object.entries(WorkerEnv.shape)) {
      const { success, data } = schema.safeParse(undefined)
      if (typeof data === 'object') continue
      const told = success ? (data === undefined ? '–' : String(data)) : 'needed'
      expect({ [name]: documented.get(name) }).toEqual({ [name]: told })
    }
  })

  it("have the producer's defaults", () => {
    const { host, port } = readProducerConfig({ S3_BUCKET: 'restyle-images' })
    expect([documented.get('HOST'), documented.get('PORT')]).toEqual([host, String(port)])
  })

  it('give lanes that the worker takes', () => {
    const [section = ''] = operations.match(/### Lanes\n[\s\S]*?\n### /) ?? []
    const blocks = [...section.matchAll(/```json\n([\s\S]*?)```/g)]
    expect(blocks.length).toBeGreaterThanOrEqual(3)
    const keys = { DASHSCOPE_API_KEY: 'a', DASHSCOPE_API_KEY_CN: 'b', DASHSCOPE_API_KEY_INTL: 'c' }
    for (const [, lanes] of blocks)
      expect(readWorkerConfig({ ...keys, S3_BUCKET: 'restyle-images', RESTYLE_LANES: lanes })).toBeDefined()
  })
})
