import { trimCell } from './clean-text.ts'
import { columnsText, findColumn, shown } from './manifest.ts'

/** Text, with places for the cells of a row. */
export type Template = readonly TemplatePart[]
type TemplatePart = { kind: 'text'; text: string } | { kind: 'column'; column: string }

/**
 * Reads `a {{color}} mug on white`; a literal `{{` is written `\{{`. Column names are trimmed and found without regard
 * to case.
 */
export function parseTemplate(
  source: string,
  columns: readonly string[],
): { kind: 'parsed'; template: Template } | { kind: 'fault'; detail: string } {
  const template: TemplatePart[] = []
  let rest = source
  for (;;) {
    const [, before = '', mark] = /^(.*?)(\\\{\{|\{\{|$)/s.exec(rest) ?? []
    if (before !== '') template.push({ kind: 'text', text: before })
    if (mark === undefined || mark === '') return { kind: 'parsed', template }
    rest = rest.slice(before.length + mark.length)
    if (mark === '\\{{') {
      template.push({ kind: 'text', text: '{{' })
      continue
    }
    const end = rest.indexOf('}}')
    if (end === -1) {
      const detail = 'has a {{ without its }}; write \\{{ for the two characters themselves'
      return { kind: 'fault', detail }
    }
    const name = rest.slice(0, end).trim()
    const column = findColumn(columns, name)
    if (column === undefined)
      return { kind: 'fault', detail: `there is no column for {{${shown(name)}}}; ${columnsText(columns)}` }
    template.push({ kind: 'column', column })
    rest = rest.slice(end + 2)
  }
}

/** The text for one row, or the columns that it needs and that are empty. */
export function fillTemplate(
  template: Template,
  cells: ReadonlyMap<string, string>,
): { kind: 'filled'; text: string } | { kind: 'empty'; columns: string[] } {
  const cellOf = (column: string) => trimCell(cells.get(column) ?? '')
  const needed = template.flatMap((part) => (part.kind === 'column' ? [part.column] : []))
  const empty = new Set(needed.filter((column) => cellOf(column) === ''))
  if (empty.size > 0) return { kind: 'empty', columns: [...empty] }
  const texts = template.map((part) => (part.kind === 'text' ? part.text : cellOf(part.column)))
  return { kind: 'filled', text: texts.join('') }
}

/** The columns that a template writes. */
export const columnsOf = (template: Template): string[] =>
  template.flatMap((part) => (part.kind === 'column' ? [part.column] : []))

/** The places of a template as other programs write them: `{title}`, `${title}`, `｛title｝`. */
const mark = /[{｛]{1,2}\s*[\p{L}_][\p{L}\p{N}_ .-]{0,63}[}｝]{1,2}/gu

/** What looks like a place for a cell and is sent as it is. */
export function unfilledMarks(source: string | Template): string[] {
  const texts =
    typeof source === 'string'
      ? [source]
      : source.flatMap((part) => (part.kind === 'text' ? [part.text] : []))
  return [...new Set(texts.flatMap((text) => text.match(mark) ?? []))]
}
