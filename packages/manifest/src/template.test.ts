import { fillTemplate, parseTemplate } from './template.ts'

const columns = ['sku', 'Title', 'colour']
const cells = new Map([
  ['sku', 'm-1'],
  ['Title', ' mug '],
  ['colour', ''],
])

function filled(source: string) {
  const parsed = parseTemplate(source, columns)
  return 'fault' in parsed ? parsed : fillTemplate(parsed.template, cells)
}

describe('a template', () => {
  it.each([
    ['on white', 'on white'],
    ['', ''],
    ['the {{Title}} ({{sku}})\non white', 'the mug (m-1)\non white'],
    ['{{ title }}{{sku}}', 'mugm-1'],
    ['\\{{sku}} is {{sku}}', '{{sku}} is m-1'],
    ['a } and {single} }}', 'a } and {single} }}'],
  ])('fills %j as %j', (source, text) => expect(filled(source)).toEqual({ text }))

  it('does not read a value as a template', () => {
    const parsed = parseTemplate('{{Title}}', columns)
    const hostile = new Map([['Title', '{{sku}}']])
    expect('template' in parsed && fillTemplate(parsed.template, hostile)).toEqual({ text: '{{sku}}' })
  })

  it.each([
    ['{{price}}', '{{price}} is no column; there are sku, Title, colour'],
    ['{{}}', '{{}} is no column; there are sku, Title, colour'],
    ['the {{sku', 'has a {{ without its }}; write \\{{ for the two characters themselves'],
  ])('refuses %j', (source, fault) => expect(filled(source)).toEqual({ fault }))

  it('names each column that is empty, once', () =>
    expect(filled('{{colour}} {{sku}} {{colour}}')).toEqual({ empty: ['colour'] }))
})
