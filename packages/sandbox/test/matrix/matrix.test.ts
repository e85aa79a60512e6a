import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const root = new URL('../../../../', import.meta.url)
const read = (path: string) => readFile(fileURLToPath(new URL(path, root)), 'utf8')

const sizes = { A: 22, B: 21, C: 17, D: 10, E: 18, F: 14, G: 17, H: 21, I: 10, P: 11, M: 8 }
const ids = Object.entries(sizes).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, i) => `${letter}${i + 1}`),
)

type Row = { id: string; cover: string }

/** The rows of the fault matrix; "the same" stands for the file and titles of the row above. */
function rowsOf(text: string): Row[] {
  let last = ''
  return [...text.matchAll(/^\| ([A-Z]\d+) \| .*? \| (.*) \|$/gm)].map(([, id = '', said = '']) => {
    if (!said.startsWith('the same')) last = said
    return { id, cover: said.startsWith('the same') ? last : said }
  })
}

/** Each file that a row names, with the titles behind it. */
const testsOf = (cover: string) =>
  [...cover.matchAll(/`([^`]+\.test\.ts)`: ((?:"(?:[^"]|"%s"|"admitted")+"(?:, )?)+)/g)].map(
    ([, path = '', said = '']) => ({
      path: path.replace(/^T\//, 'packages/sandbox/test/'),
      titles: said.split(/(?<="), (?=")/).map((title) => title.slice(1, -1)),
    }),
  )

describe('the fault matrix in docs/reliability.md', () => {
  it('has every row, once', async () => {
    expect(rowsOf(await read('docs/reliability.md')).map(({ id }) => id)).toEqual(ids)
  })

  it('names for each row a test, the chaos run, or why there is none', async () => {
    const rows = rowsOf(await read('docs/reliability.md'))
    const bare = rows.filter(
      ({ cover }) => testsOf(cover).length === 0 && !/covered by `pnpm chaos`|^not applicable: /.test(cover),
    )
    expect(bare).toEqual([])
  })

  it('quotes titles that stand in the files it names', async () => {
    const named = rowsOf(await read('docs/reliability.md')).flatMap(({ id, cover }) =>
      testsOf(cover).map((test) => ({ id, ...test })),
    )
    const missing: string[] = []
    for (const { id, path, titles } of named) {
      const text = await read(path).catch(() => '')
      for (const title of titles) if (!text.includes(title)) missing.push(`${id} ${path}: ${title}`)
    }
    expect(missing).toEqual([])
    expect(named.length).toBeGreaterThan(60)
  })
})
