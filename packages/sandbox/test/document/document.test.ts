import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { committed, documentPath, openSchemas, operationsOf, pointerPart, responseAt } from './document.ts'

const run = promisify(execFile)
const document = committed()
const operations = operationsOf(document)
const schemas = openSchemas(document)

describe('the OpenAPI document', () => {
  it('is fine by the recommended rules of Redocly', async () => {
    const program = join(import.meta.dirname, '../../node_modules/@redocly/cli/bin/cli.js')
    const environment = {
      PATH: dirname(process.execPath),
      REDOCLY_TELEMETRY: 'off',
      REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    }
    const options = [program, 'lint', documentPath, '--extends=recommended', '--format=stylish']
    const { stdout, stderr } = await run(process.execPath, options, {
      env: environment,
      cwd: import.meta.dirname,
    })
    expect(`${stdout}${stderr}`).toContain('Your API description is valid')
    expect(`${stdout}${stderr}`).not.toMatch(/warning|error/i)
  })

  it('is fine by the recommended rules of Spectral', async () => {
    const { stdout } = await run(process.execPath, [
      join(import.meta.dirname, 'run-spectral.ts'),
      documentPath,
    ])
    expect(stdout).toBe('')
  })

  it('says who may use it, where it is, and what its parts are about', () => {
    const { info, servers, tags } = document
    expect(info).toMatchObject({
      license: { identifier: 'Apache-2.0' },
      contact: { name: expect.any(String) },
    })
    expect(servers).toHaveLength(1)
    for (const { name, description } of tags) expect([name, description]).toEqual([name, expect.any(String)])
  })
})

describe('every operation', () => {
  it('has a name of its own, a summary, a description and a tag that is explained', () => {
    const tags = document.tags.map(({ name }) => name)
    for (const { name, operation } of operations) {
      const { operationId, summary, description, tags: own = [] } = operation
      expect([name, operationId, summary, description]).toEqual([
        name,
        expect.stringMatching(/^[a-z][A-Za-z]+$/),
        expect.stringMatching(/^[A-Z].{5,120}[^.]$/),
        expect.stringMatching(/^.{10,}\.$/s),
      ])
      expect(own.filter((tag) => tags.includes(tag))).toHaveLength(1)
    }
    const names = operations.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
  })

  it('says what its key has to be allowed to do', () => {
    for (const { name, operation } of operations) {
      const open = /(healthz|readyz)$/.test(name)
      // without any of its own that of the whole document counts
      const [first = {}] = operation.security ?? document.security
      expect([name, Object.keys(first)]).toEqual([name, open ? [] : ['key']])
      for (const scope of operation['x-scopes'] ?? []) expect(operation.description).toContain(`\`${scope}\``)
    }
  })

  it('names its refusals: each status with the codes of its problems', () => {
    for (const { name, method, path, operation } of operations) {
      const statuses = Object.keys(operation.responses)
      expect([name, statuses]).toEqual([name, expect.arrayContaining(['400', '500', '503'])])
      expect(statuses).not.toContain('default')
      for (const status of statuses.filter((each) => each >= '400')) {
        const { response } = responseAt(document, path, method, status) ?? {}
        const codes = Object.keys(response?.content?.['application/problem+json']?.examples ?? {})
        expect([name, status, codes.length]).toEqual([name, status, expect.any(Number)])
        expect(codes.length).toBeGreaterThan(0)
      }
    }
  })

  it('shows a request and its answers', () => {
    const shown: { what: string; type: string; media: { example?: unknown; examples?: unknown } }[] = []
    for (const { name, method, path, operation } of operations) {
      const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([type, media]) => ({
        what: `${name}: ${type}`,
        type,
        media,
      }))
      for (const status of Object.keys(operation.responses)) {
        const { response } = responseAt(document, path, method, status) ?? {}
        for (const [type, media] of Object.entries(response?.content ?? {}))
          bodies.push({ what: `${name} ${status}: ${type}`, type, media })
      }
      shown.push(...bodies)
    }
    const bare = shown.filter(
      ({ type, media }) =>
        /^application\/([a-z]+\+)?json$/.test(type) && (media.example ?? media.examples) === undefined,
    )
    expect(shown.length).toBeGreaterThan(operations.length)
    expect(bare.map(({ what }) => what)).toEqual([])
  })
})

describe('every example', () => {
  it.each(Object.entries(document.components.schemas))(
    'of the schema %s fits it',
    (name, { examples = [] }) => {
      for (const example of examples)
        expect(schemas.faults(`components/schemas/${pointerPart(name)}`, example)).toBe('')
    },
  )

  it.each(Object.keys(document.components.responses))('of the refusal %s fits it', (name) => {
    const place = `components/responses/${name}`
    expect(faultsIn(place, document.components.responses[name]?.content)).toEqual([])
  })

  it.each(operations)('of $name fits it', ({ method, path, operation }) => {
    const here = ['paths', path, method].map(pointerPart).join('/')
    const faults = faultsIn(`${here}/requestBody`, operation.requestBody?.content)
    for (const [status, response] of Object.entries(operation.responses))
      if (!('$ref' in response)) faults.push(...faultsIn(`${here}/responses/${status}`, response.content))
    for (const [i, { schema }] of (operation.parameters ?? []).entries())
      for (const example of schema.examples ?? [])
        faults.push(schemas.faults(`${here}/parameters/${i}/schema`, example))
    expect(faults.filter((fault) => fault !== '')).toEqual([])
  })

  it('of a header fits it', () => {
    for (const [name, { example }] of Object.entries(document.components.headers))
      expect([name, schemas.faults(`components/headers/${name}/schema`, example)]).toEqual([name, ''])
  })
})

type Contents = Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>

function faultsIn(place: string, contents: Contents = {}): string[] {
  return Object.entries(contents).flatMap(([type, { example, examples = {} }]) => {
    const all = [
      ...(example === undefined ? [] : [example]),
      ...Object.values(examples).map(({ value }) => value),
    ]
    return all
      .map((each) => schemas.faults(`${place}/content/${pointerPart(type)}/schema`, each))
      .filter((fault) => fault !== '')
  })
}
