import { readFileSync } from 'node:fs'
import { keyName, type KeyRow, keyTable } from './keys.ts'

const rows: readonly KeyRow[] = keyTable

/** A key as it is written in Markdown; a bar would end the cell. */
const written = (key: string): string => `\`${keyName(key).replaceAll('|', '\\|')}\``

it('is printed in docs/console.md as the code has it', () => {
  const document = readFileSync(new URL('../../../../docs/console.md', import.meta.url), 'utf8')
  const [, printed = ''] = /<!-- keys -->\n\n([\s\S]*?)\n\n<!-- end of keys -->/.exec(document) ?? []
  const table = [
    '| where | key | does |',
    '|---|---|---|',
    ...rows.map(
      ({ where, keys, does, holds }) =>
        `| ${where} | ${keys.map(written).join(' or ')} | ${does}${holds === true ? ' (hold)' : ''} |`,
    ),
  ]
  // on a difference: what is expected here is what to paste there
  expect(printed.split('\n')).toEqual(table)
})
