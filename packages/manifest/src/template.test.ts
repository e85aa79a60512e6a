import { fillTemplate, parseTemplate } from './template.ts'

const columns = ['sku', 'Title', 'colour']
const cells = new Map([
  ['sku', 'm-1'],
  ['Title', ' mug '],
  ['colour', ''],
])

function filled(source: string) {
  const parsed = parseTemplate(source, columns)
  return parsed.kind === 'fault' ? parsed : fillTemplate(parsed.template, cells)
}

describe('a template', () => {
  it.each([
    ['on white', 'on white'],
    ['', ''],
    ['the {{Title}} ({{sku}})\non white', 'the mug (m-1)\non white'],
    ['{{ title }}{{sku}}', 'mugm-1'],
    ['\\{{sku}} is {{sku}}', '{{sku}} is m-1'],
    ['a } and {single} }}', 'a } and {single} }}'],
  ])('fills %j as %j', (source, text) => expect(filled(source)).toEqual({ kind: 'filled', text }))

  it('does not read a value as a template', () => {
    const parsed = parseTemplate('{{Title}}', columns)
    const hostile = new Map([['Title', '{{sku}}']])
    expect(parsed.kind === 'parsed' && fillTemplate(parsed.template, hostile)).toEqual({
      kind: 'filled',
      text: '{{sku}}',
    })
  })

  it.each([
    ['{{price}}', 'there is no column for {{price}}; there are sku, Title, colour'],
    ['{{}}', 'there is no column for {{}}; there are sku, Title, colour'],
    ['the {{sku', 'has a {{ without its }}; write \\{{ for the two characters themselves'],
  ])('refuses %j', (source, detail) => expect(filled(source)).toEqual({ kind: 'fault', detail }))

  it('names each column that is empty, once', () =>
    expect(filled('{{colour}} {{sku}} {{colour}}')).toEqual({ kind: 'empty', columns: ['colour'] }))
})
