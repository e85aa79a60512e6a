import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { wordsAfterTask, wordsAtSubmit } from '@restyle/dashscope/action-words'
import type { ErrorRow } from '@restyle/dashscope/error-row'
import { errorTable } from '@restyle/dashscope/error-table'
import { models } from '@restyle/dashscope/models'
import { catalogLimits, countedInCatalogs } from '@restyle/manifest/catalog-limits'
import { openManifest } from '@restyle/manifest/open-manifest'
import { OwnOptions } from '@restyle/manifest/own-options'
import { problems } from '@restyle/producer/http/problem'
import { ownHeads } from '@restyle/results/table'
import { bounds } from '@restyle/shared/contract/bounds'
import { EditState, moves } from '@restyle/shared/contract/edit-state'
import { failureCodes } from '@restyle/shared/contract/failure-codes'
import { limits } from '@restyle/shared/contract/limits'
import { defaultPrefix, keyTemplates } from '@restyle/shared/ledger/keys'
import { handOf } from '@restyle/shared/queues'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const find = (...patterns: string[]) =>
  globSync(patterns, { cwd: root, exclude: (path) => path.includes('node_modules') }).toSorted()
const sourcesOf = (...folders: string[]) =>
  find(...folders.map((folder) => `${folder}/**/src/**/*.ts`)).map((path) => ({ path, text: read(path) }))

const architecture = read('docs/architecture.md')
const operations = read('docs/operations.md')
const documents = find('*.md', 'docs/**/*.md')

/** The cells of every table row, in any table. */
const rowsOf = (text: string) =>
  [...text.matchAll(/^\|(.*)\|$/gm)].map(([, cells = '']) => cells.split('|').map((cell) => cell.trim()))
const firstOf = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, first = '']) => first)

describe('docs/architecture.md', () => {
  it('draws every move the ledger allows, and no other', () => {
    const [diagram = ''] = firstOf(architecture, /```mermaid\n([\s\S]*?)```/g)
    const drawn = [...diagram.matchAll(/^ *(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} --> ${to}`)
    const allowed = EditState.options.flatMap((from) => moves[from].map((to) => `${from} --> ${to}`))
    expect(drawn.toSorted()).toEqual(allowed.toSorted())
    const ends = firstOf(diagram, /^ *(\w+) --> \[\*\]/gm)
    expect(ends).toEqual(EditState.options.filter((state) => moves[state].length === 0))
  })

  it('lists the same moves, and whose turn it is', () => {
    const states: readonly string[] = EditState.options
    const listed = rowsOf(architecture).filter(([state = '']) => states.includes(state))
    expect(listed.map(([state, , next, to]) => [state, next, to])).toEqual(
      EditState.options.map((state) => [state, handOf[state] ?? '–', moves[state].join(', ') || '–']),
    )
  })

  it('lists every folder of the source, and no other', () => {
    const [tree = ''] = firstOf(architecture, /^## Folders\n\n```\n([\s\S]*?)```/gm)
    const listed: string[] = []
    let source = ''
    for (const [, indent, path = ''] of tree.matchAll(/^( *)(\S+)\/ /gm)) {
      if (indent === '') source = path
      listed.push(indent === '' ? path : `${source}/${path}`)
    }
    const folders = find('{apps,packages}/*/src/**/*').map((path) => dirname(path))
    expect(listed.filter((path) => path !== 'infra').toSorted()).toEqual([...new Set(folders)].toSorted())
  })

  it('names every key of the ledger', () => {
    const keys = Object.values(keyTemplates).map((template) => defaultPrefix + template)
    const named = firstOf(architecture, /^\| `(\{restyle\}[^`]*)` \|/gm)
    expect(named.toSorted()).toEqual(keys.toSorted())
  })
})

describe('docs/operations.md', () => {
  it('prints the table of errors as the code has it', () => {
    const printed = operations.split('\n').filter((line) => errorRows.includes(line))
    // on a difference: what is expected here is what to paste there
    expect(printed).toEqual(errorRows)
    const [section = ''] = firstOf(operations, /^## Errors\n([\s\S]*?)\n\nOur own codes/gm)
    expect(rowsOf(section).length).toBe(errorRows.length + 2)
  })

  it('prints our own failure codes as the code has them', () => {
    const [section = ''] = firstOf(operations, /^Our own codes([\s\S]*?)\n## /gm)
    const rows = Object.entries(failureCodes).map(([code, { meaning, todo }]) => [
      `\`${code}\``,
      meaning,
      todo,
    ])
    expect(rowsOf(section).slice(2)).toEqual(rows)
  })

  it('explains every line that asks for a person, and none that is not logged', () => {
    const code = sourcesOf('apps', 'packages/shared').filter(({ path }) => !path.endsWith('.test.ts'))
    const logged = code.flatMap(({ text }) => firstOf(text, /log\.error\([^']*?,\s*'([^']+)'/g))
    const [section = ''] = firstOf(operations, /^## Alarms\n([\s\S]*?)\n## /gm)
    const explained = firstOf(section, /^\| `([^`]+)` \|/gm)
    expect(explained.toSorted()).toEqual([...new Set(logged)].toSorted())
  })
})

describe('docs/problems.md', () => {
  it('explains every code of a problem, under the anchor that its type ends in', () => {
    const codes = Object.entries(problems).map(
      ([code, { status, title, todo }]) => `### ${code}\n\n${status}. ${title}. ${todo}`,
    )
    // on a difference: what is expected here is what to paste there
    expect(
      read('docs/problems.md')
        .split('\n## Codes\n')[1]
        ?.trim()
        .split(/\n\n(?=### )/),
    ).toEqual(codes)
  })
})

describe('docs/reliability.md', () => {
  it('prints the bound of every state as the code has it', () => {
    const [section = ''] = firstOf(read('docs/reliability.md'), /^## The bounds\n([\s\S]*?)\n## /gm)
    const rows = EditState.options.map((state) => {
      const { bound, outcome, alarm } = bounds[state]
      return [state, bound, outcome, alarm]
    })
    // on a difference: what is expected here is what to paste there
    expect(rowsOf(section).slice(2)).toEqual(rows)
  })

  it('names no alarm before a bound that is not explained', () => {
    const named = Object.values(bounds).flatMap(({ alarm }) => firstOf(alarm, /`([^`]+)`/g))
    const lines = named.filter((name) => name.includes(' '))
    expect(lines.filter((name) => !operations.includes(`| \`${name}\` |`))).toEqual([])
  })
})

describe('docs/catalogs.md', () => {
  const catalogs = read('docs/catalogs.md')

  it('has the limits of catalogs as the code has them', () => {
    const [section = ''] = firstOf(catalogs, /^## Limits\n([\s\S]*?)\n## /gm)
    const rows = Object.entries(catalogLimits).map(([name, most]) => [
      most.toLocaleString('en'),
      countedInCatalogs[name as keyof typeof catalogLimits],
    ])
    expect(rowsOf(section).slice(2)).toEqual(rows)
    expect(section).toContain(`at most ${limits.streamedRows.toLocaleString('en')} edits`)
  })

  it('names the columns of results, in their order', () => {
    const [section = ''] = firstOf(read('docs/results.md'), /^## Columns\n([\s\S]*?)\n## /gm)
    const named = rowsOf(section).flatMap(([cell = '']) => firstOf(cell, /`([a-z][a-z0-9_]*)`/g))
    expect(named).toEqual(ownHeads.filter((column) => !/^image_[23]_/.test(column)))
  })

  it('names the fields that a line of JSON may have', () => {
    const [fields = ''] = firstOf(catalogs, /^A line of JSON may have these fields,[^:]*: ([^.]*)\./gm)
    expect(firstOf(fields, /`(\w+)`/g)).toEqual(Object.keys(OwnOptions.shape))
  })

  it('names every ending of a file that is a catalog', async () => {
    const [section = ''] = firstOf(catalogs, /^## Formats\n([\s\S]*?)\n\n\*\*/gm)
    const named = rowsOf(section).flatMap(([cell = '']) => firstOf(cell, /`(\.\w+)`/g))
    expect(named).toEqual(['.csv', '.tsv', '.txt', '.xlsx', '.jsonl', '.ndjson'])
    for (const ending of [...named, '.xls', '.ods']) {
      const path = join(tmpdir(), `no-catalog-${process.pid}${ending}`)
      writeFileSync(path, '')
      const { kind } = await openManifest({ path, imageColumn: 'image' })
      rmSync(path)
      expect([ending, kind]).toEqual([ending, named.includes(ending) ? 'open' : 'unfit'])
    }
  })
})

describe('docs/models.md', () => {
  it('has the quota and the price of every model', () => {
    for (const { id, quota, price, path } of Object.values(models)) {
      const row = rowsOf(read('docs/models.md'))
        .find(([cell]) => cell === `\`${id}\``)
        ?.join(' ')
      expect(row).toContain(path.replace('/services/aigc/', ''))
      expect(row).toContain(`${quota.submit.count}/s, ${quota.running}`)
      expect(row).toContain(`${(price.beijing?.output.micros ?? 0) / 1e6}`)
      expect(row).toContain(`${(price.singapore?.output.micros ?? 0) / 1e6}`)
    }
  })
})

describe('the documents', () => {
  it('have every section that the code cites', () => {
    const cited = sourcesOf('apps', 'packages').flatMap(({ path, text }) =>
      [...text.matchAll(/docs\/(dashscope|models)\.md ((?:[§\d., ]|and |to )*\d)/g)].flatMap(
        ([, name = '', list = '']) =>
          (list.match(/\d+(\.\d+)?/g) ?? []).map((section) => ({ path, name, section })),
      ),
    )
    expect(cited.length).toBeGreaterThan(20)
    const missing = cited.filter(({ name, section }) => {
      const item = /^0\.(\d)$/.exec(section)?.[1]
      const heading = item === undefined ? `^#+ ${section}[. ]` : `^${item}\\. `
      return !new RegExp(heading, 'm').test(read(`docs/${name}.md`))
    })
    expect(missing).toEqual([])
  })

  it('name no file that is not there', () => {
    const missing = documents.flatMap((document) => {
      const text = read(document)
      const links = firstOf(text, /\]\(([^)#:]+)(?:#[^)]*)?\)/g).map((to) => join(dirname(document), to))
      const paths = firstOf(text, /`((?:apps|packages|infra|docs)\/[\w./-]+)`/g)
      const cited = sourcesOf('apps', 'packages').flatMap(({ text: code }) =>
        firstOf(code, /(docs\/[\w/-]+\.md)/g),
      )
      return [...links, ...paths, ...cited].filter((path) => !existsSync(join(root, path)))
    })
    expect(missing).toEqual([])
  })
})

const line = (name: string, { httpStatus, meaning, todo, ...row }: Omit<ErrorRow, 'codes'>) =>
  `| ${name} | ${httpStatus ?? '–'} | ${meaning} | ${wordsAtSubmit[row.atSubmit]} | ${wordsAfterTask[row.failedTask]} | ${todo} |`

const errorRows = errorTable.flatMap(({ codes, when, ...row }) => [
  line(codes.map((code) => `\`${code}\``).join(', '), row),
  ...(when ?? []).map(({ says, ...more }) =>
    line(`… with \`${says.source}\` in its message`, { ...row, ...more }),
  ),
])
