import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { committed, documentPath } from './document.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../../..')

/** The JSON bodies of the commands that a document shows, each with its method and path. */
function bodiesIn(text: string): { method: string; path: string; body: string }[] {
  const commands = text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.includes('curl '))
  return commands.flatMap((line) => {
    const [, path] = /(?:https?:\/\/[^/\s]+|\$URL)(\/v1\/[^\s"']*)/.exec(line) ?? []
    const [, body] = / -d '(\{.*?\})'/.exec(line) ?? []
    const [, method = 'post'] = / -X (\w+)/.exec(line) ?? []
    if (path === undefined || body === undefined) return []
    return [{ method: method.toLowerCase(), path: path.replaceAll(/\$\w+/g, '{id}'), body }]
  })
}

describe('types that openapi-typescript makes with its own settings', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'restyle-types-'))
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('take the bodies that the documents show, and the examples of every schema', async () => {
    const generator = join(root, 'packages/client/node_modules/.bin/openapi-typescript')
    await run(generator, [documentPath, '--output', join(folder, 'api.ts')])
    const documents = globSync(['README.md', 'docs/*.md', 'packages/*/README.md'], { cwd: root })
    const shown = (await Promise.all(documents.map((path) => readFile(join(root, path), 'utf8')))).flatMap(
      bodiesIn,
    )
    expect(shown.length).toBeGreaterThan(1)
    const bodies = shown.map(
      ({ method, path, body }) =>
        `paths['${path}']['${method}']['requestBody']['content']['application/json'] = ${body}`,
    )
    const examples = Object.entries(committed().components.schemas).flatMap(
      ([name, { examples: each = [] }]) =>
        each.map((example) => `components['schemas']['${name}'] = ${JSON.stringify(example)}`),
    )
    const lines = [...bodies, ...examples].map((line, i) => `export const value${i}: ${line}`)
    const text = `import type { components, paths } from './api.ts'\n${lines.join('\n')}\n`
    await writeFile(join(folder, 'examples.ts'), text)
    const settings = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext', '--target', 'esnext']
    const tsc = join(root, 'node_modules/.bin/tsc')
    const checked = run(tsc, [...settings, '--allowImportingTsExtensions', '--types', '', 'examples.ts'], {
      cwd: folder,
    })
    const said = await checked.catch((error: { stdout: string }) => error)
    expect(said.stdout).toBe('')
  })
})
