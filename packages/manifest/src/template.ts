import { columnsText, findColumn } from './manifest.ts'

/** Text with the places that a row fills. */
export type Template = readonly ({ text: string } | { column: string })[]

/**
 * Reads `a {{color}} mug on white`; a literal `{{` is written `\{{`. Column names are trimmed and found without regard
 * to case.
 */
export function parseTemplate(
  source: string,
  columns: readonly string[],
): { template: Template } | { fault: string } {
  const template: ({ text: string } | { column: string })[] = []
  let rest = source
  for (;;) {
    const [, before = '', mark] = /^(.*?)(\\\{\{|\{\{|$)/s.exec(rest) ?? []
    if (before !== '') template.push({ text: before })
    if (mark === undefined || mark === '') return { template }
    rest = rest.slice(before.length + mark.length)
    if (mark === '\\{{') {
      template.push({ text: '{{' })
      continue
    }
    const end = rest.indexOf('}}')
    if (end === -1) return { fault: 'has a {{ without its }}; write \\{{ for the two characters themselves' }
    const name = rest.slice(0, end).trim()
    const column = findColumn(columns, name)
    if (column === undefined) return { fault: `{{${name}}} is no column; ${columnsText(columns)}` }
    template.push({ column })
    rest = rest.slice(end + 2)
  }
}

/** The text for one row, or the columns it needed and found empty. */
export function fillTemplate(
  template: Template,
  cells: ReadonlyMap<string, string>,
): { text: string } | { empty: string[] } {
  const parts = template.map((part) =>
    'text' in part ? part : { column: part.column, text: (cells.get(part.column) ?? '').trim() },
  )
  const empty = parts.flatMap((part) => ('column' in part && part.text === '' ? [part.column] : []))
  return empty.length > 0 ? { empty: [...new Set(empty)] } : { text: parts.map(({ text }) => text).join('') }
}
